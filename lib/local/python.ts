// The Python that runs the emulator: found on the machine, with a virtual environment of its own beside the project.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError } from '../model/errors.ts';
import { runCommand } from './command.ts';

/** Prints the version when it is new enough and can make virtual environments. */
const PROBE =
  'import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print("%d.%d" % sys.version_info[:2])';
const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
/** In the environment once it is complete: which requirements it was made from. */
const STAMP = 'tidewatch-requirements';

export interface PythonOptions {
  /** Folder of the virtual environment. */
  readonly folder: string;
  /** The pinned requirements. */
  readonly requirements: string;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where to look; the PATH unless a test says otherwise. */
  readonly candidates?: readonly string[];
}

/**
 * Makes the virtual environment, or leaves it when it was made from the same requirements.
 * @returns its python
 * @throws PermanentError wrongUsage saying what to install when the machine has no fit Python
 */
export async function ensurePython(options: PythonOptions): Promise<string> {
  const { folder, requirements, say, signal } = options;
  const python = join(folder, 'bin', 'python');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(python) && readStamp(folder) === wanted) return python;
  const base = findPython(options.candidates);
  say(`installing the emulator into ${folder} (once, about 20 seconds)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await runCommand('python -m venv', base, ['-m', 'venv', folder], { signal });
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet'];
  await runCommand('pip install', python, [...pip, '-r', requirements], { signal });
  await writeFile(join(folder, STAMP), wanted);
  return python;
}

/** A Python 3.10 or newer that can make virtual environments. @throws PermanentError wrongUsage */
export function findPython(candidates: readonly string[] = CANDIDATES): string {
  for (const candidate of candidates) {
    const probe = spawnSync(candidate, ['-c', PROBE], { encoding: 'utf8', timeout: 20_000 });
    if (probe.status === 0) return candidate;
  }
  throw new PermanentError(
    'wrongUsage',
    'the local stack needs Python 3.10 or newer with its venv module: install python3 and python3-venv',
  );
}

function readStamp(folder: string): string | undefined {
  const stamp = join(folder, STAMP);
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}
