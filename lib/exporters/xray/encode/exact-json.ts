// JSON that keeps all digits of its numbers, for the rare ways that go through objects.

interface Context {
  readonly source?: string;
}
/** Of ECMAScript's "JSON.parse source text access", which the type definitions do not know yet. */
const exact = JSON as unknown as {
  rawJSON(text: string): object;
  parse(text: string, reviver: (key: string, value: unknown, context: Context) => unknown): unknown;
};

/** A number that `JSON.stringify` writes with exactly these digits. */
export function rawNumber(digits: string): object {
  return exact.rawJSON(digits);
}

/**
 * Parses JSON; numbers that a double does not hold exactly stay what they are when written again.
 * @throws SyntaxError; RangeError when nested too deep
 */
export function parseExactJson(text: string): unknown {
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? rawNumber(source) : value,
  );
}

/**
 * The object that an `aws.xray.metadata.*` attribute holds as text.
 * @returns undefined when the text is no JSON object, or holds a number beyond the doubles
 */
export function parseMetadataObject(text: string): Record<string, unknown> | null | undefined {
  try {
    const plain: unknown = JSON.parse(text, (_key, value) => {
      if (value === Infinity || value === -Infinity) throw new SyntaxError('number out of range');
      return value;
    });
    if (plain === null) return null;
    if (typeof plain !== 'object' || Array.isArray(plain)) return undefined;
    return parseExactJson(text) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
