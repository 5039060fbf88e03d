// `tidewatch translate xray`: what the deployed encoder would send, as a JSON array on stdout.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));
const GOLDEN = new URL('../golden/xray/', import.meta.url);

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function translate(stdin: string, ...options: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'translate', 'xray', '--json', ...options],
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.end(stdin);
  });
}

function requestOf(name: string): string {
  const { request } = JSON.parse(readFileSync(new URL(`${name}.input.json`, GOLDEN), 'utf8')) as {
    request: unknown;
  };
  return JSON.stringify(request);
}

/** Without the space of the golden file, digits untouched. */
function expectedText(name: string): string {
  return readFileSync(new URL(`${name}.expected.json`, GOLDEN), 'utf8').replace(/\n */g, '');
}

test('prints the documents of a request in the order of its spans, as they are sent', async () => {
  const { code, stdout } = await translate(requestOf('shop'));
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(expectedText('shop')));
});

test('keeps every digit, and indexes all attributes when told', async () => {
  const { code, stdout } = await translate(requestOf('odd'), '--index-all');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(expectedText('odd')));
  expect(stdout).toContain('"big":-9223372036854775808,');
  expect(stdout).toContain('"end_time":7258118400.123456790,');
});

test('says on stderr which spans it leaves out', async () => {
  const { stdout, stderr } = await translate(requestOf('odd'));
  expect(stderr).toContain('invalidTraceId');
  expect(JSON.parse(stdout)).toHaveLength(7);
});

test('prints an empty array for an empty request, and fails on what is no request', async () => {
  expect(await translate('{}')).toMatchObject({ code: 0, stdout: '[]\n' });
  for (const input of ['{"resourceSpans":', '', '{"resourceSpans":[{"scopeSpans":7}]}']) {
    const { code, stdout, stderr } = await translate(input);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});
