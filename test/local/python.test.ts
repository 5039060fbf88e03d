import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensurePython, findPython } from '../../lib/local/python.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidewatch-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that behaves like a Python: each invocation is noted, `-m venv DIR` makes bin/python. */
function fakePython(script: string): string {
  const file = join(folder, 'fake-python');
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder}/calls\n${script}\n`, { mode: 0o755 });
  return file;
}

describe('findPython', () => {
  test('says in one line what to install when there is none', () => {
    expect(() => findPython(['no-such-python'])).toThrow(
      /^the local stack needs Python 3\.10.*install[^\n]*$/,
    );
  });

  test('passes over one that is too old', () => {
    const old = fakePython('exit 1');
    expect(() => findPython([old])).toThrow(/Python 3\.10/);
  });

  test('a machine without Python is wrong usage, not a failure: exit code 2', () => {
    expect(() => findPython(['no-such-python'])).toThrow(expect.objectContaining({ reason: 'wrongUsage' }));
  });
});

describe('ensurePython', () => {
  const VENV = 'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi';
  const setting = () => ({
    folder: join(folder, 'venv'),
    requirements: join(folder, 'requirements.txt'),
    say: () => undefined,
    candidates: [fakePython(VENV)],
  });
  const calls = async () => {
    const { readFile } = await import('node:fs/promises');
    return (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  };

  test('installs once, and again when the requirements change', async () => {
    writeFileSync(join(folder, 'requirements.txt'), 'a==1\n');
    const options = setting();
    await ensurePython(options);
    const installed = (await calls()).length;
    await ensurePython(options);
    expect(await calls()).toHaveLength(installed);
    writeFileSync(join(folder, 'requirements.txt'), 'a==2\n');
    await ensurePython(options);
    expect((await calls()).filter((line) => line.includes('pip install'))).toHaveLength(2);
  });

  test('an installation that broke off is made anew', async () => {
    writeFileSync(join(folder, 'requirements.txt'), 'a==1\n');
    mkdirSync(join(folder, 'venv', 'bin'), { recursive: true });
    writeFileSync(join(folder, 'venv', 'bin', 'python'), '');
    await ensurePython(setting());
    expect((await calls()).some((line) => line.includes('-m venv'))).toBe(true);
  });

  test('a failed installation shows its last lines and leaves no stamp', async () => {
    writeFileSync(join(folder, 'requirements.txt'), 'a==1\n');
    const options = setting();
    fakePython(`${VENV}\nif [ "$2" = pip ]; then echo no such package; exit 1; fi`);
    await expect(ensurePython(options)).rejects.toThrow(/pip install failed.*\n.*no such package/s);
    await ensurePython(setting());
    expect((await calls()).filter((line) => line.includes('pip install'))).toHaveLength(2);
  });
});
