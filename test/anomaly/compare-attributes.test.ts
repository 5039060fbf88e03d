// What bad requests have in common: planted attributes are found, chance is not, and the command reads spans.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseAttributesJsonl } from '../../lib/anomaly/causes/attributes-jsonl.ts';
import { type Attributes, compareAttributes } from '../../lib/anomaly/causes/compare-attributes.ts';
import { registerCompareAttributes } from '../../lib/cli/commands/compare-attributes.ts';
import { hash } from './series.ts';

const pick = <T>(values: readonly T[], seed: number): T => values[Math.floor(hash(seed) * values.length)]!;

/** Requests of many users, operating systems and sizes. */
function requests(
  count: number,
  seed: number,
  changed: (at: number) => Attributes = () => ({}),
): Attributes[] {
  return Array.from({ length: count }, (_, row) => {
    const at = seed + row * 10;
    return {
      'os.version': pick(['ios 16', 'ios 17', 'ios 17.2', 'android 14'], at),
      region: pick(['north', 'south', 'east'], at + 1),
      user: `user-${seed}-${row}`,
      bytes: Math.floor(hash(at + 2) * 10_000),
      ...changed(row),
    };
  });
}

describe('attributes of bad and good requests', () => {
  test('name the one version of a system that fails, before anything else', () => {
    const bad = requests(300, 0, (row) => (row % 10 < 8 ? { 'os.version': 'ios 17.2' } : {}));
    const [first, ...others] = compareAttributes(bad, requests(3_000, 50_000));
    expect(first).toMatchObject({ attribute: 'os.version', condition: '= "ios 17.2"' });
    expect(first!.bad).toBeGreaterThan(0.8);
    expect(first!.score).toBeGreaterThan(0.4);
    expect(others).toEqual([]);
  });

  test('name a fault of one user in a hundred, bound to a value that is else rare', () => {
    const good = requests(5_000, 0, (row) => ({ plan: row % 100 === 0 ? 'trial' : 'paid' }));
    const bad = requests(50, 90_000, () => ({ plan: 'trial' }));
    expect(compareAttributes(bad, good)[0]).toMatchObject({
      attribute: 'plan',
      condition: '= "trial"',
      bad: 1,
    });
  });

  test('name the limit from which a number is bad, and an attribute that is absent', () => {
    const bad = requests(200, 0, (row) => ({ bytes: 8_000 + row, cache: undefined }));
    const good = requests(2_000, 70_000, () => ({ cache: 'hit' }));
    const found = compareAttributes(bad, good);
    expect(found.map(({ attribute }) => attribute).sort()).toEqual(['bytes', 'cache']);
    expect(found.find(({ attribute }) => attribute === 'cache')?.condition).toBe('is absent');
    const limit = /^>= (\d+)$/.exec(found.find(({ attribute }) => attribute === 'bytes')!.condition)![1];
    expect(Number(limit)).toBeGreaterThan(7_500);
    expect(Number(limit)).toBeLessThanOrEqual(8_100);
  });

  test('of the same population differ in nothing', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(
        compareAttributes(requests(150, seed * 200_000), requests(600, seed * 200_000 + 90_000)),
      ).toEqual([]);
    }
  });

  test('tell nothing without records on both sides', () => {
    expect(compareAttributes([], requests(10, 0))).toEqual([]);
    expect(compareAttributes(requests(10, 0), [])).toEqual([]);
  });

  test('whatever they are give shares and scores from 0 to 1, best first', () => {
    const records = fc.array(fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue()), { maxLength: 60 });
    fc.assert(
      fc.property(records, records, (bad, good) => {
        const found = compareAttributes(bad as Attributes[], good as Attributes[]);
        for (const one of found) {
          for (const share of [one.bad, one.good, one.score]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
        }
        expect(found.map(({ score }) => score)).toEqual(
          found.map(({ score }) => score).sort((a, b) => b - a),
        );
      }),
    );
  });
});

describe('records of a file', () => {
  test('are flat, also where they are spans of OTLP JSON', () => {
    const span = {
      name: 'GET /',
      status: { code: 2 },
      attributes: [
        { key: 'os', value: { stringValue: 'ios' } },
        { key: 'bytes', value: { intValue: '512' } },
      ],
      events: [],
    };
    expect(
      parseAttributesJsonl(`${JSON.stringify(span)}\n\n{"__proto__":1}\n`).map((one) => ({ ...one })),
    ).toEqual([
      { name: 'GET /', 'status.code': 2, os: 'ios', bytes: 512, events: [] },
      Object.fromEntries([['__proto__', 1]]),
    ]);
  });

  test('are refused by the number of the line', () => {
    expect(() => parseAttributesJsonl('{}\n[1]')).toThrow(/line 2: expected one JSON object, got \[1\]/);
    expect(() => parseAttributesJsonl('{')).toThrow(/line 1/);
  });

  test('are compared by the command', () => {
    const folder = mkdtempSync(join(tmpdir(), 'compare-'));
    const file = (name: string, records: readonly Attributes[]): string => {
      writeFileSync(join(folder, name), records.map((one) => JSON.stringify(one)).join('\n'));
      return join(folder, name);
    };
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const program = new Command().exitOverride().option('--json');
    registerCompareAttributes(program);
    const good = file('good', requests(500, 0));
    const bad = file(
      'bad',
      requests(100, 40_000, () => ({ region: 'south' })),
    );
    program.parse(['compare-attributes', '--bad', bad, '--good', good], { from: 'user' });
    expect(written.join('')).toMatch(/100\.0 % +3\d\.\d % +region +.*= "south"/);
    expect(() =>
      program.parse(['compare-attributes', '--bad', file('none', []), '--good', good], { from: 'user' }),
    ).toThrow(/--bad: expected at least one record/);
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
});
