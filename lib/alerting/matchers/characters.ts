// Which characters end a bare word in a matcher, and what counts as white space: the same for reading and printing.

/** White space as Unicode has it and Go's `unicode.IsSpace` tells: JavaScript's `\s` has U+FEFF too and lacks U+0085. */
export const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const RESERVED = /[{}!=~,\\"'`]/;

/** Whether a character can only stand in a quoted name or value. */
export function isReserved(character: string): boolean {
  return RESERVED.test(character) || SPACE.test(character);
}

/** Whether a label's name must be quoted in a matcher. */
export function needsQuotes(name: string): boolean {
  return [...name].some(isReserved);
}
