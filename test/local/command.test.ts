import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../lib/local/command.ts';

const node = (script: string, options = {}) =>
  runCommand('the script', process.execPath, ['-e', script], options);

describe('runCommand', () => {
  test('gives stdout, and every line while it runs', async () => {
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    expect(await node('console.log("out"); console.error("err")', { onLine })).toBe('out\n');
    expect(lines.sort()).toEqual(['err', 'out']);
  });

  test('a failure quotes the last lines', async () => {
    await expect(node('console.error("reason"); process.exit(3)')).rejects.toThrow(
      /the script failed \(exit 3\)\nreason/,
    );
  });

  test('a program that is not there is a failure with its name', async () => {
    await expect(runCommand('it', 'no-such-program', [])).rejects.toThrow(/it failed \(.*no-such-program/);
  });

  test('appends all output to the log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidewatch-test-'));
    const log = join(folder, 'deep', 'log');
    await node('console.log("one")', { log });
    await node('console.error("two")', { log });
    expect(readFileSync(log, 'utf8')).toBe('one\ntwo\n');
    rmSync(folder, { recursive: true });
  });

  test('an abort ends the program and throws the reason', async () => {
    const abort = new AbortController();
    const running = node('setTimeout(() => {}, 60000)', { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('interrupted')), 100);
    await expect(running).rejects.toThrow('interrupted');
  });
});
