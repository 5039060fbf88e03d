// `tidewatch translate logs`: what the deployed encoder would send, as a JSON array on stdout.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));
const INPUT = readFileSync(new URL('../golden/logs/checkout.input.json', import.meta.url));

function translate(stdin: Buffer | string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'translate', 'logs', '--json'],
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.end(stdin);
  });
}

test('prints the events of a request in the order of its records, every digit kept', async () => {
  const { code, stdout } = await translate(INPUT);
  expect(code).toBe(0);
  const events = JSON.parse(stdout) as { timestamp: number; message: string }[];
  expect(events.map(({ timestamp }) => timestamp).slice(0, 3)).toEqual([
    1795000000250, 1795000000100, 1795000000150,
  ]);
  expect(events).toHaveLength(6);
  expect(Object.keys(events[0]!)).toEqual(['timestamp', 'message']);
  expect(events[0]?.message).toContain('"order.id":9007199254740993,');
  expect(events[0]?.message).toContain('"timeUnixNano":1795000000250999999,');
});

test('prints an empty array for an empty request, and fails on what is no request', async () => {
  expect(await translate('{}')).toMatchObject({ code: 0, stdout: '[]\n' });
  expect(await translate('{"resourceLogs":')).toMatchObject({
    stdout: '',
    code: expect.not.toSatisfy((c) => c === 0),
  });
});
