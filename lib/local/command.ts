// Runs another program to its end: its output goes to a log file, and its last lines into the error.
import { spawn } from 'node:child_process';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PermanentError } from '../model/errors.ts';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets stdout and stderr; appended. */
  readonly log?: string;
  /** Called with each line while it runs. */
  readonly onLine?: (line: string) => void;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
}

/** How many of its last lines a failed program is quoted with. */
const QUOTED_LINES = 15;

/**
 * @param what the program's purpose, for the error: "cdk deploy"
 * @returns stdout
 * @throws PermanentError with the last lines of output when it fails; the signal's reason when it was ended
 */
export async function runCommand(
  what: string,
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal?.addEventListener('abort', stop, { once: true });
  let stdout = '';
  let everything = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    take(text);
  });
  child.stderr.setEncoding('utf8').on('data', take);
  function take(text: string): void {
    everything += text;
    for (const line of text.split('\n')) if (line.trim() !== '') options.onLine?.(line.trimEnd());
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, killedBy) =>
      resolve(code === 0 ? undefined : `exit ${code ?? killedBy ?? 'unknown'}`),
    );
  });
  signal?.removeEventListener('abort', stop);
  if (options.log !== undefined) {
    await mkdir(dirname(options.log), { recursive: true });
    await appendFile(options.log, everything);
  }
  signal?.throwIfAborted();
  if (failure !== undefined) {
    const quoted = everything.trimEnd().split('\n').slice(-QUOTED_LINES).join('\n');
    throw new PermanentError('rejected', `${what} failed (${failure})\n${quoted}`);
  }
  return stdout;
}
