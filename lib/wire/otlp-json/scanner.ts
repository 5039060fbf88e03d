// Strict JSON (RFC 8259) read straight from bytes: white space, strings, literals, and values that nobody wants.
import { MalformedError } from '../../model/errors.ts';

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const MINUS = 0x2d;
const SPACE = 0x20;

/** Objects and lists nested in a value that is skipped; deeper is refused. */
export const MAX_SKIPPED_DEPTH = 100_000;

/** Value of a hexadecimal digit by its byte; 255 for all others. */
export const HEX_VALUES = new Uint8Array(256).fill(255);
for (const [index, digit] of [...'0123456789abcdef'].entries()) {
  HEX_VALUES[digit.charCodeAt(0)] = index;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = index;
}

/** The bytes that may follow a backslash, and the byte they stand for; `u` is looked at apart. */
export const ESCAPES = new Uint8Array(256);
for (const [letter, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'].map((pair) => [
  ...pair,
])) {
  ESCAPES[letter!.charCodeAt(0)] = meaning!.charCodeAt(0);
}
export const LETTER_U = 0x75;

/**
 * Which of four bytes end the plain part of a string: a quote, a backslash or a control character.
 * @returns bit 7 of each such byte; bytes above the lowest one set may be set wrongly
 */
export function oddBytes(word: number): number {
  // x ^ 2 sends the quote (0x22) to 0x20, next to the control characters, and space (0x20) away from them.
  const controls = (word ^ 0x02020202) - 0x21212121;
  const slashes = (word ^ 0x5c5c5c5c) - 0x01010101;
  return (controls | slashes) & ~word & 0x80808080;
}

/** Index (0..3) of the lowest byte that `oddBytes` has marked. */
export function lowestByte(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}

/** Bytes to compare with four at a time; the last word overlaps the one before. At least four bytes. */
export class Pattern {
  readonly length: number;
  readonly words: Int32Array;

  /** @param text ASCII */
  constructor(text: string) {
    const bytes = Buffer.from(text);
    this.length = bytes.length;
    this.words = new Int32Array(Math.ceil(bytes.length / 4));
    for (let i = 0; i < this.words.length; i++) {
      this.words[i] = bytes.readInt32LE(Math.min(i * 4, bytes.length - 4));
    }
  }
}

/**
 * A position in a JSON text. Subclasses read on from `pos`; reading behind the end gives `undefined`, which no check
 * for a byte accepts.
 */
export class JsonScanner {
  protected bytes: Buffer = Buffer.alloc(0);
  protected data: DataView = new DataView(new ArrayBuffer(0));
  protected pos = 0;
  protected end = 0;

  /** Starts over. @param json valid UTF-8 */
  protected open(json: Buffer): void {
    this.bytes = json;
    this.data = new DataView(json.buffer, json.byteOffset, json.length);
    this.pos = 0;
    this.end = json.length;
  }

  /** Steps over white space. @returns the byte there, 0 at the end */
  protected peek(): number {
    const byte = this.bytes[this.pos] as number;
    return byte > SPACE ? byte : this.peekBehindSpace();
  }

  private peekBehindSpace(): number {
    const { bytes, end } = this;
    for (let pos = this.pos; pos < end; pos++) {
      const byte = bytes[pos] as number;
      if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        this.pos = pos;
        return byte;
      }
    }
    this.pos = end;
    return 0;
  }

  /** Steps over white space and this byte. */
  protected expect(byte: number): void {
    if (this.peek() !== byte) throw this.unexpected(`"${String.fromCharCode(byte)}"`);
    this.pos += 1;
  }

  /** Steps over this text if it stands at the position. @returns whether it does */
  protected accept(pattern: Pattern): boolean {
    const { data, pos } = this;
    const { words, length } = pattern;
    if (pos + length > this.end) return false;
    const last = words.length - 1;
    for (let i = 0; i < last; i++) if (data.getInt32(pos + i * 4, true) !== words[i]) return false;
    if (data.getInt32(pos + length - 4, true) !== words[last]) return false;
    this.pos = pos + length;
    return true;
  }

  /** Steps over `null`, `true` or `false`. */
  protected literal(word: string): void {
    const { bytes, pos } = this;
    for (let i = 0; i < word.length; i++) {
      if (bytes[pos + i] !== word.charCodeAt(i)) throw this.unexpected(word);
    }
    this.pos = pos + word.length;
  }

  /** Behind a member of an object or list. @returns true for a comma, false at the end @param close byte that ends it */
  protected more(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close) throw this.unexpected(`"," or "${String.fromCharCode(close)}"`);
    this.pos += 1;
    return byte === COMMA;
  }

  /** Steps over a string; the position is at its opening quote. @returns true if it holds escapes */
  protected skipString(): boolean {
    const { bytes, data } = this;
    const lastWord = this.end - 4;
    let escaped = false;
    let pos = this.pos + 1;
    for (;;) {
      while (pos <= lastWord) {
        const odd = oddBytes(data.getInt32(pos, true));
        if (odd !== 0) {
          pos += lowestByte(odd);
          break;
        }
        pos += 4;
      }
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.pos = pos + 1;
        return escaped;
      }
      if (byte === BACKSLASH) {
        this.pos = pos;
        this.escapedUnit();
        pos = this.pos;
        escaped = true;
      } else if (byte === undefined || byte < SPACE) throw this.badString(pos);
      else pos += 1;
    }
  }

  /** Steps over one escape; the position is at its backslash. @returns the UTF-16 unit it stands for */
  protected escapedUnit(): number {
    const { bytes, pos } = this;
    const letter = bytes[pos + 1] as number;
    if (letter === LETTER_U) {
      let unit = 0;
      for (let i = 2; i < 6; i++) {
        const digit = HEX_VALUES[bytes[pos + i] as number];
        if (digit === undefined || digit > 15) throw new MalformedError('invalid \\u escape', pos);
        unit = (unit << 4) | digit;
      }
      this.pos = pos + 6;
      return unit;
    }
    const meaning = ESCAPES[letter];
    if (meaning === undefined || meaning === 0) throw new MalformedError('invalid escape', pos);
    this.pos = pos + 2;
    return meaning;
  }

  protected badString(pos: number): MalformedError {
    return pos < this.end
      ? new MalformedError('control character in a string', pos)
      : new MalformedError('string does not end', pos);
  }

  /** Steps over a number; checks its form. */
  protected skipNumber(): void {
    const { bytes } = this;
    let pos = this.pos;
    if (bytes[pos] === MINUS) pos += 1;
    if (bytes[pos] === 0x30) pos += 1;
    else pos = this.skipDigits(pos);
    if (bytes[pos] === 0x2e) pos = this.skipDigits(pos + 1);
    if (((bytes[pos] as number) | 0x20) === 0x65) {
      const sign = bytes[pos + 1];
      pos = this.skipDigits(sign === 0x2b || sign === MINUS ? pos + 2 : pos + 1);
    }
    this.pos = pos;
  }

  private skipDigits(start: number): number {
    const { bytes } = this;
    let pos = start;
    while (((bytes[pos] as number) ^ 0x30) < 10) pos += 1;
    if (pos === start) {
      this.pos = pos;
      throw this.unexpected('a digit');
    }
    return pos;
  }

  /** Steps over any value, however deep, without recursion. */
  protected skipValue(): void {
    // For each open object or list the byte that closes it.
    const closing: number[] = [];
    for (;;) {
      const byte = this.peek();
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (closing.length >= MAX_SKIPPED_DEPTH)
          throw new MalformedError('JSON is nested too deep', this.pos);
        const close = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST;
        this.pos += 1;
        if (this.peek() === close) this.pos += 1;
        else {
          closing.push(close);
          if (close === CLOSE_OBJECT) this.skipKey();
          continue;
        }
      } else this.skipScalar(byte);
      while (closing.length > 0 && !this.more(closing[closing.length - 1] as number)) closing.pop();
      if (closing.length === 0) return;
      if (closing[closing.length - 1] === CLOSE_OBJECT) this.skipKey();
    }
  }

  private skipScalar(byte: number): void {
    if (byte === QUOTE) this.skipString();
    else if (byte === 0x74) this.literal('true');
    else if (byte === 0x66) this.literal('false');
    else if (byte === 0x6e) this.literal('null');
    else this.skipNumber();
  }

  private skipKey(): void {
    if (this.peek() !== QUOTE) throw this.unexpected('a key');
    this.skipString();
    this.expect(COLON);
  }

  protected unexpected(wanted: string): MalformedError {
    const found = this.pos < this.end ? `byte 0x${this.bytes[this.pos]!.toString(16)}` : 'the end';
    return new MalformedError(`expected ${wanted}, found ${found}`, this.pos);
  }
}
