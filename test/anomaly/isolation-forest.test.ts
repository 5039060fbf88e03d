// The isolation forest: as scikit-learn ranks, the same for the same seed, in bounds for any rows; and the command.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { IsolationForest } from '../../lib/anomaly/isolation-forest.ts';
import { registerDetectMulti } from '../../lib/cli/commands/detect-multi.ts';
import { noise } from './series.ts';

/** Latency, error rate and CPU of one minute. @param spread 1 is usual */
const minute = (at: number, spread: number): number[] => [
  150 + 5 * spread * noise(at),
  0.0015 + 0.0004 * spread * noise(at + 1e5),
  0.8 + 0.02 * spread * noise(at + 2e5),
];
const usual = Array.from({ length: 500 }, (_, row) => minute(row * 3, 1));
const wider = Array.from({ length: 40 }, (_, row) => minute(7e5 + row * 3, 0.1 * row));
/** score_samples of `wider` by scikit-learn 1.x: IsolationForest(contamination=0.05, random_state=42).fit(usual). */
const SKLEARN = [
  -0.404, -0.405, -0.415, -0.417, -0.405, -0.407, -0.425, -0.462, -0.413, -0.4, -0.433, -0.418, -0.479,
  -0.532, -0.539, -0.594, -0.678, -0.523, -0.529, -0.643, -0.55, -0.636, -0.636, -0.512, -0.429, -0.575,
  -0.589, -0.515, -0.694, -0.679, -0.722, -0.482, -0.682, -0.503, -0.571, -0.6, -0.606, -0.605, -0.595,
  -0.614,
];
const SKLEARN_OFFSET = -0.57;

function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const places: number[] = [];
  order.forEach((place, rank) => {
    places[place] = rank;
  });
  return places;
}

function spearman(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [ranks(a), ranks(b)];
  const squares = first.reduce((sum, rank, at) => sum + (rank - second[at]!) ** 2, 0);
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1));
}

describe('an isolation forest', () => {
  test('ranks and judges as scikit-learn does, as closely as that does with another seed', () => {
    for (const seed of [42, 1, 7]) {
      const forest = IsolationForest.train(usual, { seed });
      const scores = wider.map((row) => forest.detect(row).anomaly_score);
      expect(spearman(scores, SKLEARN)).toBeGreaterThan(0.95);
      expect(forest.threshold).toBeCloseTo(SKLEARN_OFFSET, 1);
      scores.forEach((score, at) => {
        expect(Math.abs(score - SKLEARN[at]!)).toBeLessThan(0.08);
      });
    }
  });

  test('finds a minute that is slow, failing and busy, and confidence is the score without its sign', () => {
    const verdict = IsolationForest.train(usual).detect([350, 0.05, 0.95]);
    expect(verdict.is_anomaly).toBe(true);
    expect(verdict.anomaly_score).toBeLessThan(-0.7);
    expect(verdict.confidence).toBe(-verdict.anomaly_score);
  });

  test('finds a row that is usual in each metric but not in all together', () => {
    const along = Array.from({ length: 500 }, (_, row) => [row, row + noise(row), row - noise(row + 0.1)]);
    const forest = IsolationForest.train(along);
    expect(forest.detect([20, 480, 20]).anomaly_score).toBeLessThan(
      forest.detect([250, 250, 250]).anomaly_score,
    );
    expect(forest.detect([20, 480, 20]).is_anomaly).toBe(true);
  });

  test('takes about the share of the training rows for anomalies that it was told', () => {
    for (const contamination of [0.01, 0.05, 0.2]) {
      const forest = IsolationForest.train(usual, { contamination });
      const found = usual.filter((row) => forest.detect(row).is_anomaly).length;
      expect(found / usual.length).toBeCloseTo(contamination, 2);
    }
  });

  test('is the same for the same seed, and another for another', () => {
    const scores = (seed: number) => {
      const forest = IsolationForest.train(usual, { seed });
      return wider.map((row) => forest.detect(row).anomaly_score);
    };
    expect(scores(42)).toEqual(scores(42));
    expect(scores(42)).not.toEqual(scores(43));
  });

  test('scores any rows from -1 to 0, and leaves out those that are no numbers', () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(0, 1e308, -1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const row = fc.tuple(value, value, fc.constant(7));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), fc.integer(), (rows, seed) => {
        const usable = rows.filter((one) => one.every(Number.isFinite));
        if (usable.length < 2) {
          expect(() => IsolationForest.train(rows, { trees: 5, seed })).toThrow(/at least 2/);
          return;
        }
        const forest = IsolationForest.train(rows, { trees: 5, seed });
        for (const one of usable) {
          const { anomaly_score } = forest.detect(one);
          expect(anomaly_score).toBeGreaterThanOrEqual(-1);
          expect(anomaly_score).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('calls nothing an anomaly where all rows are alike', () => {
    const forest = IsolationForest.train(Array.from({ length: 100 }, () => [1, 2]));
    expect(forest.detect([1, 2]).is_anomaly).toBe(false);
  });

  test('refuses rows of another length and settings out of range, by name', () => {
    expect(() => IsolationForest.train([[1, 2], [1]])).toThrow(/expected 2 values/);
    expect(() => IsolationForest.train(usual).detect([1, 2])).toThrow(
      /expected 3 finite numbers, got \[1, 2\]/,
    );
    expect(() => IsolationForest.train(usual).detect([1, 2, Number.NaN])).toThrow(/finite/);
    expect(() => IsolationForest.train(usual, { contamination: 0.6 })).toThrow(/contamination: .*got 0.6/);
    expect(() => IsolationForest.train(usual, { trees: 0 })).toThrow(/trees/);
    expect(() => IsolationForest.train(usual, { sample: 1 })).toThrow(/sample/);
  });
});

describe('tidewatch detect-multi', () => {
  function detectMulti(files: Readonly<Record<string, string>>, ...args: readonly string[]): string {
    const folder = mkdtempSync(join(tmpdir(), 'multi-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const program = new Command().exitOverride().option('--json');
    registerDetectMulti(program);
    const paths = args.map((arg) => (/\.(csv|json)$/.test(arg) ? join(folder, arg) : arg));
    try {
      program.parse(['detect-multi', ...paths], { from: 'user' });
      const output = paths[paths.indexOf('--output') + 1];
      return args.includes('--output') ? readFileSync(output!, 'utf8') : written.join('');
    } finally {
      vi.restoreAllMocks();
      rmSync(folder, { recursive: true });
    }
  }

  const train = `latency,error_rate,cpu\n${usual.map((row) => row.join(',')).join('\n')}\n`;

  test('judges rows by other ones, and keeps those that it cannot judge', () => {
    const input = 'time,cpu,error_rate,latency\nmon,0.95,0.05,350\ntue,0.8,0.0015,150\nwed,0.8,,150\n';
    const files = { 'train.csv': train, 'input.csv': input };
    const text = detectMulti(files, '--train', 'train.csv', '--input', 'input.csv', '--output', 'out.csv');
    const [head, bad, good, unknown] = text.split('\n');
    expect(head).toBe('latency,error_rate,cpu,is_anomaly,anomaly_score,confidence');
    expect(bad).toMatch(/^350,0\.05,0\.95,true,-0\.\d+,0\.\d+$/);
    expect(good).toMatch(/^150,0\.0015,0\.8,false,/);
    expect(unknown).toBe('150,,0.8,,,');
  });

  test('trains on the input itself when there is nothing else, and speaks JSON', () => {
    const rows = [...usual.slice(0, 99), [350, 0.05, 0.95]].map(([latency, errors, cpu]) => ({
      latency,
      errors,
      cpu,
    }));
    const files = { 'input.json': JSON.stringify([...rows, { latency: 1 }]) };
    const { rows: judged } = JSON.parse(detectMulti(files, '--input', 'input.json', '--json')) as {
      rows: ({ is_anomaly: boolean; anomaly_score: number } | null)[];
    };
    expect(judged).toHaveLength(101);
    expect(judged[99]?.is_anomaly).toBe(true);
    expect(judged[100]).toBeNull();
  });

  test('names a column that is not there', () => {
    const files = { 'input.csv': train };
    expect(() => detectMulti(files, '--input', 'input.csv', '--metrics', 'memory')).toThrow(
      /memory: expected a column of that name, got latency, error_rate, cpu/,
    );
    expect(() => detectMulti(files, '--input', 'input.csv', '--contamination', 'x')).toThrow(
      /expected a number/,
    );
  });
});
