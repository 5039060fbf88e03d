// `tidewatch translate metrics`: what the deployed encoder would send, as a JSON array on stdout.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { NumberDataPoint } from '../../bench/payloads/otlp-json.ts';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));
const GOLDEN = new URL('../golden/metrics/', import.meta.url);

function translate(stdin: Buffer | string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'translate', 'metrics', '--json'],
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.end(stdin);
  });
}

function counter(...dataPoints: NumberDataPoint[]): string {
  const sum = { dataPoints, aggregationTemporality: 2, isMonotonic: true };
  return JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'orders', sum }] }] }] });
}

test('prints the datums of a request as they would be sent', async () => {
  const { code, stdout } = await translate(readFileSync(new URL('histograms.input.json', GOLDEN)));
  expect(code).toBe(0);
  const expected = JSON.parse(readFileSync(new URL('histograms.expected.json', GOLDEN), 'utf8'));
  expect(JSON.parse(stdout)).toEqual(expected.datums);
});

test('gives the deltas of cumulative points that it can know, and says why it does not know the others', async () => {
  const startTimeUnixNano = '1767225600000000000';
  const soon = await translate(
    counter(
      { startTimeUnixNano, timeUnixNano: '1767225660000000000', asInt: '5' },
      { startTimeUnixNano, timeUnixNano: '1767225720000000000', asInt: '12' },
    ),
  );
  expect(JSON.parse(soon.stdout)).toMatchObject([{ Value: 5 }, { Value: 7 }]);
  const late = await translate(
    counter({ startTimeUnixNano, timeUnixNano: '1767229200000000000', asInt: '5' }),
  );
  expect(late).toMatchObject({ code: 0, stdout: '[]\n' });
  expect(late.stderr).toContain('1 cumulative points only set a baseline');
});

test('says what was left out', async () => {
  const { stderr } = await translate(readFileSync(new URL('summaries-and-refusals.input.json', GOLDEN)));
  expect(stderr).toContain('3 values are left out: CloudWatch takes neither NaN nor infinity');
});
