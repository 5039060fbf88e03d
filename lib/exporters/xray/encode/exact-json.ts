// A JSON reader that keeps what JSON.parse loses, for the rare ways that go through objects: all digits of numbers, and
// keys, which V8 13.6 and 14.6 confuse (github.com/nodejs/node/issues/63785). Objects have no prototype.

/** Of ECMAScript's "JSON.parse source text access", which the type definitions do not know yet. */
const exact = JSON as unknown as { rawJSON(text: string): object };

/** Deeper values are not taken; OTLP values are written to 64 levels at most. */
const MAX_DEPTH = 500;

export type JsonObject = Record<string, unknown>;

/** A number that `JSON.stringify` writes with exactly these digits. */
export function rawNumber(digits: string): object {
  return exact.rawJSON(digits);
}

/**
 * Parses JSON; numbers that a double does not hold exactly stay what they are when written again.
 * @throws SyntaxError, also for what is nested too deep
 */
export function parseExactJson(text: string): unknown {
  return new Reader(text).whole();
}

/**
 * The object that an `aws.xray.metadata.*` attribute holds as text.
 * @returns null for the text `null`, undefined when the text is no JSON object or has a number beyond the doubles
 */
export function parseMetadataObject(text: string): JsonObject | null | undefined {
  try {
    const value = new Reader(text, true).whole();
    if (value === null) return null;
    return typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS = { t: ['true', true], f: ['false', false], n: ['null', null] } as const;

class Reader {
  private readonly text: string;
  private readonly refusesInfinity: boolean;
  private at = 0;

  constructor(text: string, refusesInfinity = false) {
    this.text = text;
    this.refusesInfinity = refusesInfinity;
  }

  whole(): unknown {
    const value = this.value(0);
    if (this.next() !== undefined) throw this.wrong();
    return value;
  }

  private value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw this.wrong();
    const first = this.next();
    switch (first) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
      case 'f':
      case 'n': {
        const [word, meaning] = LITERALS[first];
        if (!this.text.startsWith(word, this.at)) throw this.wrong();
        this.at += word.length;
        return meaning;
      }
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    const object: JsonObject = Object.create(null);
    for (let more = this.opens('}'); more; more = this.goesOn('}')) {
      if (this.next() !== '"') throw this.wrong();
      const key = this.string();
      if (this.next() !== ':') throw this.wrong();
      this.at++;
      object[key] = this.value(depth + 1);
    }
    return object;
  }

  private array(depth: number): unknown[] {
    const array: unknown[] = [];
    for (let more = this.opens(']'); more; more = this.goesOn(']')) array.push(this.value(depth + 1));
    return array;
  }

  /** Steps over the opening bracket, and over the closing one if it follows. @returns whether there is a member */
  private opens(closing: string): boolean {
    this.at++;
    if (this.next() !== closing) return true;
    this.at++;
    return false;
  }

  /** Steps over a comma or the closing bracket. @returns whether another member follows */
  private goesOn(closing: string): boolean {
    const found = this.next();
    if (found !== ',' && found !== closing) throw this.wrong();
    this.at++;
    return found === ',';
  }

  private string(): string {
    const start = this.at;
    let end = this.text.indexOf('"', start + 1);
    while (end > 0 && this.isEscaped(end)) end = this.text.indexOf('"', end + 1);
    if (end < 0) throw this.wrong();
    this.at = end + 1;
    return JSON.parse(this.text.slice(start, end + 1)) as string;
  }

  /** Whether an odd number of backslashes stands before a place. */
  private isEscaped(place: number): boolean {
    let before = place;
    while (this.text[before - 1] === '\\') before--;
    return (place - before) % 2 === 1;
  }

  private number(): number | object {
    NUMBER.lastIndex = this.at;
    const digits = NUMBER.exec(this.text)?.[0];
    if (digits === undefined) throw this.wrong();
    this.at += digits.length;
    const value = Number(digits);
    if (this.refusesInfinity && !Number.isFinite(value)) throw this.wrong();
    return String(value) === digits ? value : rawNumber(digits);
  }

  /** The next character that is no space; undefined at the end. */
  private next(): string | undefined {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
    return this.text[this.at];
  }

  private wrong(): SyntaxError {
    return new SyntaxError(`not the JSON expected at character ${this.at}`);
  }
}
