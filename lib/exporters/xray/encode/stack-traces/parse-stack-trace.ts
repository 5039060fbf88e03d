// Picks the parser of a stack trace: by the SDK's language, or by looking when the language says nothing.
import { parseDotnet } from './dotnet.ts';
import { parseGo } from './go.ts';
import { parseJava } from './java.ts';
import { parseJavaScript } from './javascript.ts';
import { parseCpp, parseElixir, parsePhp, parseRuby, parseRust } from './one-line-frames.ts';
import type { ParsedException, StackTraceParser } from './parsed-exception.ts';
import { parsePython } from './python.ts';

/** What is parsed of a trace from either end; far above what fits into a document, so that what is missing is counted. */
const MAX_HALF_CHARS = 1_000_000;

/** By `telemetry.sdk.language`; each is tried until one finds frames. */
const BY_LANGUAGE: ReadonlyMap<string, readonly StackTraceParser[]> = new Map([
  ['java', [parseJava]],
  ['php', [parseJava, parsePhp]],
  ['python', [parsePython]],
  ['javascript', [parseJavaScript]],
  ['nodejs', [parseJavaScript]],
  ['webjs', [parseJavaScript]],
  ['dotnet', [parseDotnet]],
  ['go', [parseGo]],
  ['ruby', [parseRuby]],
  ['rust', [parseRust]],
  ['cpp', [parseCpp]],
  ['erlang', [parseElixir]],
  ['elixir', [parseElixir]],
]);

/** For other languages and for none; Go's is not among them, it takes any two lines for a frame. */
const BY_LOOK: readonly StackTraceParser[] = [
  parseJava,
  parsePython,
  parseJavaScript,
  parsePhp,
  parseDotnet,
  parseRuby,
  parseCpp,
  parseRust,
  parseElixir,
];

/**
 * The exception of an event with its frames and causes.
 * @param language `telemetry.sdk.language` of the resource, or undefined
 * @param text `exception.stacktrace`; may be empty
 * @returns the named exception first, then its causes; no frames when no parser knows the form
 */
export function parseStackTrace(
  language: string | undefined,
  type: string,
  message: string,
  text: string,
): ParsedException[] {
  if (text !== '') {
    const shortened = withinBounds(text);
    for (const parse of BY_LANGUAGE.get(language ?? '') ?? BY_LOOK) {
      const list = parse(shortened, { type, message, frames: [], cause: undefined });
      if (list.length > 1 || (list[0]?.frames.length ?? 0) > 0) return list;
    }
  }
  return [{ type, message, frames: [], cause: undefined }];
}

/** The middle of an endless trace is left out: some languages have the innermost frame first, others last. */
function withinBounds(text: string): string {
  if (text.length <= 2 * MAX_HALF_CHARS) return text;
  return `${text.slice(0, MAX_HALF_CHARS)}\n${text.slice(-MAX_HALF_CHARS)}`;
}
