// Why answers are slow: each threshold of row RCA-04 from both sides, and the command.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { diagnoseHighLatency, type LatencyPoint } from '../../lib/anomaly/causes/diagnose-latency.ts';
import { registerDiagnose } from '../../lib/cli/commands/diagnose.ts';

const calm: LatencyPoint = { latency: 100, db_latency: 20, cpu_usage: 0.5, memory_usage: 0.5 };

/** A history whose last points are changed. */
function history(count: number, changed: Partial<LatencyPoint>, last = 1): LatencyPoint[] {
  return Array.from({ length: count }, (_, at) => (at >= count - last ? { ...calm, ...changed } : calm));
}

const componentsOf = (points: readonly LatencyPoint[]): string[] => {
  const diagnosis = diagnoseHighLatency(points);
  return diagnosis.status === 'normal' ? [] : diagnosis.root_causes.map(({ component }) => component);
};

describe('a diagnosis of slow answers', () => {
  test('is "normal" below 1.5 times the mean of all but the last ten points', () => {
    expect(diagnoseHighLatency(history(100, { latency: 149.9 }))).toEqual({
      status: 'normal',
      action: 'none',
    });
    expect(diagnoseHighLatency(history(100, { latency: 150 }))).toEqual({
      status: 'anomaly_detected',
      root_causes: [],
      recommended_action: 'Investigate manually',
    });
    expect(diagnoseHighLatency(history(100, { latency: 150 }, 10)).status).toBe('anomaly_detected');
  });

  test('looks at the last 100 points only', () => {
    const long = [...history(500, { latency: 1 }, 500), ...history(100, { latency: 120 })];
    expect(diagnoseHighLatency(long).status).toBe('normal');
  });

  test('names database, cpu and memory in this order, with what to do', () => {
    const points = history(100, { latency: 900, db_latency: 400, cpu_usage: 0.95, memory_usage: 0.9 }, 30);
    const newest = points.map((point, at) => (at < 99 ? { ...point, latency: 100 } : point));
    expect(diagnoseHighLatency(newest)).toEqual({
      status: 'anomaly_detected',
      root_causes: [
        { component: 'database', score: 0.9, action: 'Check DB query performance, run EXPLAIN ANALYZE' },
        { component: 'cpu', score: 0.8, action: 'Profile CPU, identify hot functions' },
        { component: 'memory', score: 0.7, action: 'Check memory usage, identify leaks' },
      ],
      recommended_action: 'Check DB query performance, run EXPLAIN ANALYZE',
    });
  });

  test('takes the database by the mean of 30 points, cpu and memory by the newest, and only above the limit', () => {
    const slow = { latency: 900 };
    const database = (mean: number) => {
      const points = history(100, { db_latency: mean }, 30);
      return componentsOf([...points.slice(0, 99), { ...points[99]!, ...slow }]);
    };
    expect([database(100), database(100.1)]).toEqual([[], ['database']]);
    const cpu = (share: number) => componentsOf(history(100, { ...slow, cpu_usage: share }));
    expect([cpu(0.9), cpu(0.91)]).toEqual([[], ['cpu']]);
    const memory = (share: number) => componentsOf(history(100, { ...slow, memory_usage: share }));
    expect([memory(0.85), memory(0.86)]).toEqual([[], ['memory']]);
  });

  test('says nothing of what was not measured', () => {
    const unknown = { latency: 900, db_latency: Number.NaN, cpu_usage: Number.NaN, memory_usage: 0.9 };
    expect(
      componentsOf(history(100, unknown, 100).map((p, at) => (at < 90 ? { ...p, latency: 1 } : p))),
    ).toEqual(['memory']);
  });

  test('needs eleven points with a latency', () => {
    expect(() => diagnoseHighLatency(history(10, {}))).toThrow(/at least 11 points.*got 10 points/);
    expect(() => diagnoseHighLatency(history(50, { latency: Number.NaN }))).toThrow(/newest/);
    expect(diagnoseHighLatency(history(11, {})).status).toBe('normal');
  });

  test('answers or refuses whatever it is given, and never names a cause of normal latency', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, 1e308, Number.NaN, Number.POSITIVE_INFINITY));
    const point = fc.record({ latency: number, db_latency: number, cpu_usage: number, memory_usage: number });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 130 }), (points) => {
        try {
          const diagnosis = diagnoseHighLatency(points);
          if (diagnosis.status === 'normal') expect(diagnosis).toEqual({ status: 'normal', action: 'none' });
          else expect(diagnosis.recommended_action).not.toBe('');
        } catch (error) {
          expect(error).toMatchObject({ reason: 'malformed' });
        }
      }),
    );
  });
});

describe('tidewatch diagnose', () => {
  function diagnose(name: string, text: string): unknown {
    const folder = mkdtempSync(join(tmpdir(), 'diagnose-'));
    writeFileSync(join(folder, name), text);
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const program = new Command().exitOverride().option('--json');
    registerDiagnose(program);
    try {
      program.parse(['diagnose', '--input', join(folder, name), '--json'], { from: 'user' });
    } finally {
      vi.restoreAllMocks();
      rmSync(folder, { recursive: true });
    }
    return JSON.parse(written.join(''));
  }

  test('says the same of CSV, in any order of columns, and of JSON', () => {
    const points = history(60, { latency: 500, cpu_usage: 0.99 });
    const lines = points.map((p) => `${p.cpu_usage},${p.latency},${p.memory_usage},${p.db_latency}`);
    const csv = `cpu_usage,latency,memory_usage,db_latency\n${lines.join('\n')}\n`;
    expect(diagnose('a.csv', csv)).toEqual(diagnoseHighLatency(points));
    expect(diagnose('a.json', JSON.stringify(points))).toEqual(diagnoseHighLatency(points));
  });

  test('refuses what holds no rows, with a message', () => {
    expect(() => diagnose('a.csv', 'latency\n')).toThrow(/got no row/);
    expect(() => diagnose('a.json', '[1]')).toThrow(/\[0\]: expected an object/);
    expect(() => diagnose('a.json', '[{')).toThrow(/JSON array/);
  });
});
