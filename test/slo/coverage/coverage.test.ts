// Which services have SLOs.
import { describe, expect, test } from 'vitest';
import { coverageOf } from '../../../lib/slo/coverage/coverage.ts';
import { readServices } from '../../../lib/slo/coverage/read-services.ts';
import { tidewatch } from '../../cli/run-cli.ts';

const slo = (name: string, service: string, tier?: number) => ({ name, service, ...(tier && { tier }) });

describe('coverage', () => {
  test('lists services by tier with their SLOs, and those of tier 1 that have none', () => {
    const services = [
      { name: 'mail', tier: 1 },
      { name: 'shop', tier: undefined },
      { name: 'cron', tier: undefined },
    ];
    const slos = [slo('checkout', 'shop', 1), slo('search', 'shop'), slo('old', 'gone'), slo('own', '')];
    expect(coverageOf(services, slos)).toEqual({
      services: [
        { service: 'mail', tier: 1, slos: [] },
        { service: 'shop', tier: 1, slos: ['checkout', 'search'] },
        { service: 'cron', tier: null, slos: [] },
      ],
      covered: 1 / 3,
      missing: ['mail'],
      otherSlos: ['old', 'own'],
    });
  });

  test('takes the more important tier of a service that is named twice, and needs no service', () => {
    const twice = [
      { name: 'a', tier: 3 },
      { name: 'a', tier: 2 },
    ];
    expect(coverageOf(twice, []).services).toEqual([{ service: 'a', tier: 2, slos: [] }]);
    expect(coverageOf([], [])).toEqual({ services: [], covered: 1, missing: [], otherSlos: [] });
  });
});

describe('a list of services', () => {
  test('has names, or names with tiers', () => {
    expect(readServices(['a', { name: 'b', tier: 2 }])).toEqual({
      services: [
        { name: 'a', tier: undefined },
        { name: 'b', tier: 2 },
      ],
      problems: [],
    });
  });

  test.each([
    [undefined, 'expected an object'],
    [{}, 'services: expected a list of services'],
    [{ services: [{ name: 'a', tier: 9 }] }, 'services[0].tier: expected a tier from 1'],
    [[7], '[0]: expected an object'],
  ])('%j is refused', (document, message) => {
    const { problems } = readServices(document);
    expect(problems.map((problem) => `${problem.path}: ${problem.message}`)).toContainEqual(
      expect.stringContaining(message),
    );
  });
});

describe('slo coverage', () => {
  const slos = `slos:
  - { name: checkout, service: shop, tier: 1, objective: 0.99, period: 30d, runbookUrl: 'https://r', owner: o,
      indicator: { good: { namespace: S, metric: g }, total: { namespace: S, metric: t } } }`;
  const run = async (services: string, ...args: string[]) => {
    const { mkdtempSync, writeFileSync } = await import('node:fs');
    const folder = mkdtempSync(`${(await import('node:os')).tmpdir()}/slo-coverage-`);
    writeFileSync(`${folder}/slos.yaml`, slos);
    writeFileSync(`${folder}/services.yaml`, services);
    const files = ['--config', `${folder}/slos.yaml`, '--services', `${folder}/services.yaml`];
    return tidewatch('slo', 'coverage', ...files, ...args);
  };

  test('exits with 0 while all services of tier 1 have an SLO', async () => {
    const { code, stdout } = await run('services: [shop, mail]');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/shop +1 +checkout\nmail +- +none\n50% of 2 services have an SLO\n$/),
    ]);
  });

  test('exits with 1 and names those that have none', async () => {
    const { code, stdout, stderr } = await run('[{ name: mail, tier: 1 }]', '--json');
    expect([code, stderr]).toEqual([1, expect.stringContaining('of tier 1 without an SLO: mail')]);
    expect(JSON.parse(stdout)).toMatchObject({ missing: ['mail'], otherSlos: ['checkout'], covered: 0 });
  });

  test('says what is wrong with the list', async () => {
    const { code, stderr } = await run('services: [{ name: mail, tier: first }]');
    expect([code, stderr]).toEqual([1, expect.stringContaining('services[0].tier: expected a tier from 1')]);
  });
});
