// `tidewatch change-points` and `tidewatch canary` from files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerCanary } from '../../lib/cli/commands/canary.ts';
import { registerChangePoints } from '../../lib/cli/commands/change-points.ts';
import { CheckFailed } from '../../lib/cli/failures.ts';
import { noise } from './series.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'changes-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function run(args: readonly string[]): { answer: unknown; failure: unknown } {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const program = new Command().exitOverride().option('--json');
  registerCanary(program);
  registerChangePoints(program);
  let failure: unknown;
  try {
    program.parse([...args, '--json'], { from: 'user' });
  } catch (error) {
    failure = error;
  }
  return { answer: JSON.parse(written.join('')), failure };
}

test('change-points names the time of a shift as it stands in the file', () => {
  const rows = Array.from({ length: 100 }, (_, row) => `${row * 60},${(row < 60 ? 10 : 20) + noise(row)}`);
  const { answer } = run([
    'change-points',
    '--input',
    file('a.csv', `timestamp,value\n${rows.join('\n')}\n`),
  ]);
  expect(answer).toMatchObject({ changePoints: [{ timestamp: '3600' }] });
});

const metrics = (level: number, seed: number) =>
  `metric,value\n${Array.from({ length: 40 }, (_, row) => `latency,${level + noise(row + seed)}`).join('\n')}\n`;

test('a canary that is slower exits with a failed check, one that is not passes', () => {
  const baseline = file('baseline.csv', metrics(50, 0));
  const slow = run(['canary', '--baseline', baseline, '--canary', file('slow.csv', metrics(70, 100))]);
  expect(slow.answer).toMatchObject({ verdict: 'fail', metrics: [{ name: 'latency', verdict: 'high' }] });
  expect(slow.failure).toBeInstanceOf(CheckFailed);
  const same = run(['canary', '--baseline', baseline, '--canary', file('same.csv', metrics(50, 200))]);
  expect(same.answer).toMatchObject({ verdict: 'pass', score: 100 });
  expect(same.failure).toBeUndefined();
});

test('where less is worse, a drop fails', () => {
  const baseline = file('baseline.csv', metrics(50, 0));
  const args = ['canary', '--baseline', baseline, '--canary', file('low.csv', metrics(30, 100))];
  expect(run(args).answer).toMatchObject({ verdict: 'pass' });
  expect(run([...args, '--decrease', 'latency']).answer).toMatchObject({ verdict: 'fail' });
});
