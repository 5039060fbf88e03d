// `tidewatch detect` from file to file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerDetect } from '../../lib/cli/commands/detect.ts';
import { dailyWave, noise } from './series.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'detect-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function detect(csv: string, ...options: string[]): string {
  const [input, output] = [join(folder, 'in.csv'), join(folder, 'out.csv')];
  writeFileSync(input, csv);
  const program = new Command().exitOverride();
  registerDetect(program);
  program.parse(['detect', '--input', input, '--output', output, ...options], { from: 'user' });
  return readFileSync(output, 'utf8');
}

const stamp = (row: number) =>
  new Date(Date.UTC(2026, 0, 5) + row * 300_000).toISOString().slice(0, 19).replace('T', ' ');

test('one row out for each row in, with the cells as they were', () => {
  const out = detect('timestamp,value\n2026-01-05 00:00:00,1.50\n2026-01-05 00:05:00,\n1767571800,x\n');
  expect(out).toBe(
    'timestamp,value,anomaly_score\n2026-01-05 00:00:00,1.50,0\n2026-01-05 00:05:00,,0\n1767571800,x,0\n',
  );
});

test('the scores of the first rows are the same when the rest of the file is cut away', () => {
  const lines = Array.from(
    { length: 2500 },
    (_, row) => `${stamp(row)},${dailyWave(row, 288) + noise(row) + (row === 2000 ? 300 : 0)}`,
  );
  for (const head of ['novelty', 'deviation', 'both']) {
    const whole = detect(`timestamp,value\n${lines.join('\n')}\n`, '--head', head).split('\n');
    const part = detect(`timestamp,value\n${lines.slice(0, 2100).join('\n')}\n`, '--head', head).split('\n');
    expect(part.slice(0, 2101)).toEqual(whole.slice(0, 2101));
    expect(Number(whole[2001]!.split(',')[2])).toBeGreaterThanOrEqual(0.5);
  }
});

test('a head that does not exist is wrong usage', () => {
  expect(() => detect('timestamp,value\n', '--head', 'best')).toThrow(/novelty, deviation, both/);
});
