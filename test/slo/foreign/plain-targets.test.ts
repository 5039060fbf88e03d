// Lists of targets without a specification, in the three shapes that people hand over.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSloText } from '../../../lib/config/slo-text.ts';
import { readPlainTargets } from '../../../lib/slo/foreign/plain-targets.ts';
import { DAY, HOUR } from '../support.ts';

const said = (text: string): string[] =>
  readSloText(text).problems.map(({ level, path, message }) => `${level} ${path}: ${message}`);

describe('a service with its targets', () => {
  const text = `service: billing_api
slos:
  - { name: availability, sli: answered_ratio, target: 99.9%, window: 30d, error_budget: 0.1% = 43 minutes a month }
  - { name: quality, sli: right_ratio, target: 99.5%, window: 7d, error_budget: 0.5% = about 5000 errors }
burn_rate_alerts:
  fast_burn: [Consuming 5% error budget in 1 hour, "Alert: Critical"]
  slow_burn: [Consuming error budget 2x faster than sustainable]
`;

  test('becomes SLOs of that service with its burn-rate alerts', () => {
    const { slos } = readSloText(text);
    expect(slos.map(({ name, service, objective }) => [name, service, objective])).toEqual([
      ['billing-api-availability', 'billing_api', 0.999],
      ['billing-api-quality', 'billing_api', 0.995],
    ]);
    expect(slos[0]?.indicator).toEqual({
      kind: 'goodTotal',
      good: { kind: 'other', type: 'answered_ratio' },
      total: { kind: 'other', type: 'answered_ratio' },
    });
    expect(slos[0]?.windows).toMatchObject([
      { severity: 'page', longWindowMs: HOUR, shortWindowMs: HOUR / 12, budgetShare: 0.05, factor: 36 },
      { severity: 'ticket', longWindowMs: DAY, shortWindowMs: 2 * HOUR, factor: 2 },
    ]);
  });

  test('has its budgets computed anew, not as they are stated', () => {
    const lines = said(text);
    expect(lines).toContain(
      'warning slos[0].error_budget: "0.1% = 43 minutes a month" is not read; computed: 0.1% of events, however many there are, or 43.2 minutes of complete failure in 30d',
    );
    expect(lines).toContain(
      'warning slos[1].error_budget: "0.5% = about 5000 errors" is not read; computed: 0.5% of events, however many there are, or 50.4 minutes of complete failure in 7d',
    );
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

test('a list with burn rates keeps them, a short window of a twelfth added', () => {
  const { slos } = readSloText(
    JSON.stringify([
      {
        name: 'API Availability',
        target: 99.9,
        window: '30d',
        burnRates: [
          { window: '1h', threshold: 14.4, severity: 'critical' },
          { window: '1d', threshold: 3, severity: 'warning' },
        ],
      },
    ]),
  );
  expect(slos).toMatchObject([
    {
      name: 'api-availability',
      objective: 0.999,
      windows: [
        { severity: 'page', longWindowMs: HOUR, shortWindowMs: HOUR / 12, budgetShare: 0.02 },
        { severity: 'ticket', longWindowMs: DAY, shortWindowMs: 2 * HOUR, budgetShare: 0.1 },
      ],
    },
  ]);
});

test('a map of targets takes latencies by their share and error rates by what is left', () => {
  const { slos, problems } = readSloText(`slo_targets:
  availability: { description: up, sli: uptime, target: "99.9%", time_window: 30 days }
  latency: { sli: duration (p95), target: 200ms, measurement: 95% of requests }
  error_rate: { sli: error_rate, target: "0.1%", time_window: 1 hour (rolling) }
`);
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
  expect(slos.map(({ name, objective, period }) => [name, objective, period])).toEqual([
    ['availability', 0.999, { kind: 'rolling', lengthMs: 30 * DAY }],
    ['latency', 0.95, { kind: 'rolling', lengthMs: 30 * DAY }],
    ['error-rate', 0.999, { kind: 'rolling', lengthMs: HOUR }],
  ]);
});

test('what cannot be read is a problem with its place', () => {
  const errors = said('slos: [{ name: "", target: often, window: long }]').filter((line) =>
    /^error/.test(line),
  );
  expect(errors).toEqual([
    expect.stringContaining('error slos[0].name'),
    expect.stringContaining('error slos[0].objective'),
    expect.stringContaining('error slos[0].period'),
  ]);
});

test('anything is read or refused, never thrown through', () => {
  const item = fc.dictionary(
    fc.constantFrom('name', 'target', 'window', 'sli', 'burnRates', 'error_budget', 'measurement'),
    fc.anything(),
  );
  const shape = fc.oneof(
    fc.anything(),
    fc.array(item),
    fc.record({ slos: fc.array(item), service: fc.anything(), burn_rate_alerts: fc.anything() }),
    fc.record({ slo_targets: fc.dictionary(fc.string(), item) }),
  );
  fc.assert(
    fc.property(shape, (value) => {
      expect(Array.isArray(readPlainTargets(value).slos)).toBe(true);
    }),
  );
});
