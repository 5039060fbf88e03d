// How every command speaks: results on stdout, messages on stderr, colours only on a terminal (and not with NO_COLOR).
import type { Command } from 'commander';
import picocolors from 'picocolors';

/** Colours for stdout, and for stderr; functions that change nothing when the stream is no terminal. */
export const resultColours = picocolors.createColors(hasColours(process.stdout));
export const messageColours = picocolors.createColors(hasColours(process.stderr));

/** Whether `--json` was given, before or after the command's name. */
export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true;
}

/** Prints a result for a person. */
export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a result for a machine. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Says something that is no result: progress, a hint, a warning. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Says what went wrong. */
export function complain(text: string): void {
  say(`${messageColours.red('error:')} ${text}`);
}

/** Lays rows out in columns, the first row being the head. @example table([['id'], ['a']]) */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function hasColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && TERM !== 'dumb';
}
