// Strings in double quotes as Go writes and reads them: matchers and group keys hold them.

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 0x5c,
  '"': 0x22,
};
const DIGITS_OF = { x: 2, u: 4, U: 8 } as const;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Reads a Go string literal in double quotes.
 * @param literal with its quotes
 * @returns undefined if it is none, or no UTF-8
 * @see go.dev/ref/spec#String_literals
 * @example unquote('"a\\x62\\n"') // "ab\n"
 */
export function unquote(literal: string): string | undefined {
  if (literal.length < 2 || !literal.startsWith('"') || !literal.endsWith('"')) return undefined;
  const bytes: number[] = [];
  const inner = literal.slice(1, -1);
  for (let i = 0; i < inner.length; ) {
    const character = String.fromCodePoint(inner.codePointAt(i)!);
    if (character === '"' || character === '\n') return undefined;
    if (character !== '\\') {
      bytes.push(...encoder.encode(character));
      i += character.length;
      continue;
    }
    const sequence = readEscape(inner, i + 1);
    if (sequence === undefined) return undefined;
    bytes.push(...sequence.bytes);
    i = sequence.end;
  }
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

interface Escape {
  readonly bytes: Iterable<number>;
  readonly end: number;
}

function readEscape(text: string, at: number): Escape | undefined {
  const kind = text[at] ?? '';
  const simple = Object.hasOwn(SIMPLE_ESCAPES, kind) ? SIMPLE_ESCAPES[kind] : undefined;
  if (simple !== undefined) return { bytes: [simple], end: at + 1 };
  if (kind === 'x' || kind === 'u' || kind === 'U') {
    const end = at + 1 + DIGITS_OF[kind];
    const digits = text.slice(at + 1, end);
    if (digits.length < DIGITS_OF[kind] || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
    const code = Number.parseInt(digits, 16);
    if (kind === 'x') return { bytes: [code], end };
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    return { bytes: encoder.encode(String.fromCodePoint(code)), end };
  }
  const octal = /^[0-7]{3}/.exec(text.slice(at))?.[0];
  if (octal === undefined || Number.parseInt(octal, 8) > 255) return undefined;
  return { bytes: [Number.parseInt(octal, 8)], end: at + 3 };
}

const SHORT_ESCAPES = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);
/** What Go's `strconv.IsPrint` takes for printable: letters, marks, numbers, punctuation, symbols and the blank. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Writes a text as a Go string literal in double quotes. @example quote('x"y') // '"x\\"y"' */
export function quote(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (SHORT_ESCAPES.has(character)) quoted += SHORT_ESCAPES.get(character);
    else if (PRINTABLE.test(character)) quoted += character;
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${hex(code, 2)}`;
    else quoted += code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  }
  return `${quoted}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
