// What all stack-trace parsers return, and the small steps they share.

/** One line of a stack trace as X-Ray shows it. */
export interface StackFrame {
  readonly path: string;
  /** 0 when unknown. */
  readonly line: number;
  readonly label: string;
}

/** An exception and where it was thrown; the first of a list is the one that the event names. */
export interface ParsedException {
  type: string;
  message: string;
  readonly frames: StackFrame[];
  /** Place of the exception that caused this one in the same list. */
  cause: number | undefined;
}

/** Reads the text of a stack trace. @returns at least the exception that the event names, never throws */
export type StackTraceParser = (text: string, top: ParsedException) => ParsedException[];

/** Longer lines hold no frame; it also bounds what a hostile line can cost. */
const MAX_LINE_CHARS = 2_048;

/** Lines without their ends (LF or CR LF); the empty rest behind the last end is no line. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, MAX_LINE_CHARS));
}

/** A line number; 0 for what is none. */
export function lineNumber(text: string): number {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Adds an exception to the list as the cause of another one. @returns the new exception */
export function addCause(
  list: ParsedException[],
  of: ParsedException,
  type: string,
  message: string,
): ParsedException {
  const cause: ParsedException = { type, message, frames: [], cause: undefined };
  of.cause = list.push(cause) - 1;
  return cause;
}

/** Splits `Type: message` at the first colon; without one all is the type. */
export function typeAndMessage(text: string): [type: string, message: string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 2)];
}
