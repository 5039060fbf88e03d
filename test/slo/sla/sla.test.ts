// Contracts beside objectives: how they are written, and whether they are kept.
import { describe, expect, test } from 'vitest';
import { readSlos } from '../../../lib/slo/definition/read-slos.ts';
import { writeSlo } from '../../../lib/slo/definition/write-slo.ts';
import { slaCompliance } from '../../../lib/slo/sla/sla.ts';

const written = (changes: object) => ({
  name: 'checkout',
  objective: '99.9%',
  period: '30d',
  indicator: {
    good: { namespace: 'Shop', metric: 'good' },
    total: { namespace: 'Shop', metric: 'total' },
  },
  ...changes,
});
const read = (changes: object) => readSlos([written(changes)]);

describe('tier and sla of a definition', () => {
  test('are read and written again', () => {
    const { slos, problems } = read({
      tier: 1,
      sla: { objective: '99.5%', contract: 'C-17', credits: [{ below: '99%', credit: '10%' }] },
    });
    expect(problems).toEqual([]);
    const sla = { objective: 0.995, contract: 'C-17', credits: [{ below: 0.99, credit: 0.1 }] };
    expect(slos[0]).toMatchObject({ tier: 1, sla });
    expect(readSlos([writeSlo(slos[0]!)]).slos[0]).toMatchObject({ tier: 1, sla });
  });

  test.each([
    [{ tier: 0 }, 'slos[0].tier: expected a tier from 1, the most important, to 4, got 0'],
    [{ sla: {} }, 'slos[0].sla.objective: expected a ratio above 0 and below 1'],
    [
      { sla: { objective: 0.9, credits: [{ below: 0.9, credit: 2 }] } },
      'slos[0].sla.credits[0].credit: expected a share of the price',
    ],
    [{ sla: { objective: '99.95%' } }, 'slos[0].sla: promises 0.9995, more than the objective of 0.999'],
  ])('%j is a problem', (changes, message) => {
    const said = read(changes).problems.map((problem) => `${problem.path}: ${problem.message}`);
    expect(said).toContainEqual(expect.stringContaining(message));
  });
});

describe('an SLA', () => {
  const sla = {
    objective: 0.995,
    contract: '',
    credits: [
      { below: 0.99, credit: 0.1 },
      { below: 0.95, credit: 0.25 },
    ],
  };
  const compliance = (badEvents: number) => slaCompliance(sla, 0.999, { badEvents, allowedEvents: 10 });

  test('is kept while the share of good events reaches it, whatever became of the budget', () => {
    expect(compliance(50)).toMatchObject({ achieved: 0.995, isMet: true, credit: 0 });
    expect(compliance(51)).toMatchObject({ achieved: 0.9949, isMet: false, credit: 0 });
  });

  test('owes the credit of the lowest bound that was missed', () => {
    expect(compliance(150).credit).toBe(0.1);
    expect(compliance(501)).toMatchObject({ achieved: 0.9499, credit: 0.25 });
  });

  test('is neither kept nor broken before anything was measured', () => {
    expect(slaCompliance(sla, 0.999, undefined)).toMatchObject({ achieved: null, isMet: null, credit: 0 });
  });
});
