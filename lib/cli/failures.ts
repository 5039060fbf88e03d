// How a command ends: 0 all well, 1 a check failed or something broke, 2 wrong usage.
import { CommanderError } from 'commander';
import { PermanentError } from '../model/errors.ts';
import { complain, messageColours, say } from './output.ts';

export const EXIT = { ok: 0, failed: 1, wrongUsage: 2 } as const;

/** Ends a command with exit code 1 after it has said what is wrong itself. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** Ends a command with exit code 2. @param hint what to type instead */
export function wrongUsage(message: string, hint?: string): PermanentError {
  return new PermanentError('wrongUsage', hint === undefined ? message : `${message}\n  ${hint}`);
}

/** Says what went wrong, if that is left to say, and gives the exit code. */
export function report(error: unknown): number {
  if (error instanceof CheckFailed) return EXIT.failed;
  // Commander has printed its own message; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongUsage;
  const usage = error instanceof PermanentError && error.reason === 'wrongUsage';
  complain(error instanceof Error ? error.message || error.name : String(error));
  for (const cause of causes(error)) say(`  because: ${cause}`);
  if (!usage && error instanceof Error && process.env.TIDEWATCH_DEBUG) {
    say(messageColours.dim(error.stack ?? ''));
  }
  return usage ? EXIT.wrongUsage : EXIT.failed;
}

function causes(error: unknown): string[] {
  const messages: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && messages.length < 5) {
    messages.push(cause instanceof Error ? cause.message : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages;
}
