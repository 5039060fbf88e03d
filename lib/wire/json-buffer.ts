// Writes JSON text straight into one growing buffer: what every encoder's output goes through.
// Hot path: no strings are built for bytes that are already UTF-8, and text that must end up inside a JSON string
// (a segment document, a log message) is escaped twice while it is copied once.
import { characterEnd } from './utf8.ts';

/** 'once': JSON itself. 'twice': JSON text inside a JSON string, as PutTraceSegments and PutLogEvents take it. */
export type EscapeMode = 'once' | 'twice';

/** The longest an escaped byte gets: a control character escaped twice is 7 bytes (`\\u0001`), and counted as 8 at first. */
const MAX_GROWTH = 8;

/** Slack kept behind each `ensure`, for numbers, ids and short tokens. */
const SLACK = 64;

/** Copies of up to this many bytes are cheaper in a loop than through `set`. */
const SHORT_COPY = 96;

const HEX_PAIRS = new Uint16Array(256);
for (let value = 0; value < 256; value++) {
  const pair = value.toString(16).padStart(2, '0');
  HEX_PAIRS[value] = pair.charCodeAt(0) | (pair.charCodeAt(1) << 8);
}

/** Stands for the size of an escape that is longer than four bytes; a bit of its own, so that one look at the end finds it. */
const LONG = 8;

/** By ASCII byte, what is written for it: the first `sizes[byte]` bytes of `words[byte]`, little-endian. */
interface EscapeTable {
  readonly words: Int32Array;
  readonly sizes: Uint8Array;
}

function escapeTable(mode: EscapeMode): EscapeTable {
  const words = new Int32Array(128);
  const sizes = new Uint8Array(128);
  const bytes = Buffer.alloc(8);
  for (let code = 0; code < 128; code++) {
    const size = bytes.fill(0).write(escapeText(String.fromCharCode(code), mode));
    words[code] = bytes.readInt32LE(0);
    sizes[code] = size > 4 ? LONG : size;
  }
  return { words, sizes };
}

/** The inside of a JSON string. */
function escapeText(text: string, mode: EscapeMode): string {
  const once = JSON.stringify(text.toWellFormed()).slice(1, -1);
  return mode === 'once' ? once : JSON.stringify(once).slice(1, -1);
}

const TABLES: Record<EscapeMode, EscapeTable> = { once: escapeTable('once'), twice: escapeTable('twice') };

/** A growing output buffer. All methods append. */
export class JsonBuffer {
  readonly mode: EscapeMode;
  bytes: Buffer;
  /** Bytes written. */
  length = 0;
  /** Over the whole of `bytes`. */
  data: DataView;
  private readonly table: EscapeTable;
  private readonly quote: Uint8Array;
  /** The second that `unixSeconds` wrote last: its digits with the dot, and its start in nanoseconds. */
  private readonly second = Buffer.alloc(16);
  private readonly secondData = new DataView(this.second.buffer, this.second.byteOffset, this.second.length);
  private secondDigits = 0;
  private secondLo = 0;
  private secondHi = 0;

  /** @param initialBytes first size; doubles when it runs out and is kept for the life of the object */
  constructor(mode: EscapeMode, initialBytes = 1 << 20) {
    this.mode = mode;
    this.bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.data = new DataView(this.bytes.buffer);
    this.table = TABLES[mode];
    this.quote = this.token('"');
  }

  /** Forgets what was written. */
  clear(): void {
    this.length = 0;
  }

  /** What was written from `start` on: a view, valid until the next write. */
  slice(start = 0, end = this.length): Buffer {
    return this.bytes.subarray(start, end);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    const needed = this.length + count + SLACK;
    if (needed > this.bytes.length) this.grow(needed);
  }

  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed));
    this.bytes.copy(bytes, 0, 0, this.length);
    this.bytes = bytes;
    this.data = new DataView(bytes.buffer);
  }

  /** JSON syntax such as `{"id":"` encoded for this buffer's mode, to be written with `raw`. */
  token(json: string): Uint8Array {
    return Buffer.from(this.mode === 'once' ? json : JSON.stringify(json).slice(1, -1));
  }

  /** A quoted, escaped string followed by a colon, encoded for this buffer's mode. */
  keyToken(key: string): Uint8Array {
    return this.token(`${JSON.stringify(key.toWellFormed())}:`);
  }

  /** Bytes that are in their final form. */
  raw(bytes: Uint8Array): void {
    const count = bytes.length;
    this.ensure(count);
    const at = this.length;
    if (count > SHORT_COPY) this.bytes.set(bytes, at);
    else {
      const out = this.bytes;
      for (let i = 0; i < count; i++) out[at + i] = bytes[i] as number;
    }
    this.length = at + count;
  }

  /**
   * Bytes that are in their final form, copied four at a time.
   * @param source has at least 3 readable bytes behind `end`
   */
  words(source: DataView, start: number, end: number): void {
    this.ensure(end - start);
    const out = this.data;
    let at = this.length;
    for (let i = start; i < end; i += 4, at += 4) out.setInt32(at, source.getInt32(i, true), true);
    this.length += end - start;
  }

  /** One byte that is in its final form and needs no escape in either mode, such as `,` or `]`. */
  byte(code: number): void {
    this.ensure(1);
    this.bytes[this.length++] = code;
  }

  /** ASCII that needs no escape in either mode, such as digits. */
  ascii(text: string): void {
    this.ensure(text.length);
    const out = this.bytes;
    let at = this.length;
    for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** The inside of a JSON string from UTF-8 bytes; broken UTF-8 becomes U+FFFD. */
  escaped(source: Buffer, sourceData: DataView, start: number, end: number): void {
    this.ensure((end - start) * MAX_GROWTH);
    const out = this.data;
    const lastWord = end - 4;
    let at = this.length;
    let i = start;
    // Most texts are plain as a whole: word by word until one is not.
    for (; i < lastWord; i += 4, at += 4) {
      const word = sourceData.getInt32(i, true);
      if (!isPlain(word)) break;
      out.setInt32(at, word, true);
    }
    if (i >= lastWord && lastWord >= start) {
      // The last word may overlap the one before.
      const word = sourceData.getInt32(lastWord, true);
      if (isPlain(word)) {
        out.setInt32(at + lastWord - i, word, true);
        this.length += end - start;
        return;
      }
    }
    const { words, sizes } = this.table;
    let seen = 0;
    while (i < end) {
      if (i <= lastWord) {
        const word = sourceData.getInt32(i, true);
        if (isPlain(word)) {
          out.setInt32(at, word, true);
          at += 4;
          i += 4;
          continue;
        }
        if ((word & 0x80808080) === 0) {
          // No branch for each byte: where the quotes of a text lie cannot be foreseen.
          const first = sizes[word & 127] as number;
          const second = sizes[(word >> 8) & 127] as number;
          const third = sizes[(word >> 16) & 127] as number;
          const fourth = sizes[word >> 24] as number;
          seen |= first | second | third | fourth;
          out.setInt32(at, words[word & 127] as number, true);
          at += first;
          out.setInt32(at, words[(word >> 8) & 127] as number, true);
          at += second;
          out.setInt32(at, words[(word >> 16) & 127] as number, true);
          at += third;
          out.setInt32(at, words[word >> 24] as number, true);
          at += fourth;
          i += 4;
          continue;
        }
      }
      const code = source[i] as number;
      if (code < 128) {
        out.setInt32(at, words[code] as number, true);
        at += sizes[code] as number;
        seen |= sizes[code] as number;
        i += 1;
        continue;
      }
      const next = characterEnd(source, i, end);
      if (next < 0) seen = LONG;
      for (i = next < 0 ? end : i; i < next; i++) this.bytes[at++] = source[i] as number;
    }
    if (seen >= LONG) this.escapedText(source.toString('utf8', start, end));
    else this.length = at;
  }

  /** The inside of a JSON string from a string; lone surrogates become U+FFFD. */
  escapedText(text: string): void {
    const escaped = escapeText(text, this.mode);
    this.ensure(escaped.length * 3);
    this.length += this.bytes.write(escaped, this.length, 'utf8');
  }

  /** A whole JSON string, quotes included. */
  string(text: string): void {
    this.raw(this.quote);
    this.escapedText(text);
    this.raw(this.quote);
  }

  /** A whole JSON string from UTF-8 bytes, quotes included. */
  stringBytes(source: Buffer, sourceData: DataView, start: number, end: number): void {
    this.raw(this.quote);
    this.escaped(source, sourceData, start, end);
    this.raw(this.quote);
  }

  /** A quote in this buffer's mode. */
  quoteMark(): void {
    this.raw(this.quote);
  }

  /** Lower-case hexadecimal digits of `count` bytes. */
  hex(source: Uint8Array, start: number, count: number): void {
    this.ensure(count * 2);
    const out = this.data;
    const at = this.length;
    // Two bytes at a time; of an odd last one a second pair is written, behind the end.
    for (let i = 0; i < count; i += 2) {
      const first = HEX_PAIRS[source[start + i] as number] as number;
      const second = HEX_PAIRS[(source[start + i + 1] as number) & 255] as number;
      out.setInt32(at + i * 2, first | (second << 16), true);
    }
    this.length = at + count * 2;
  }

  /** An integer up to ±2^53. */
  integer(value: number): void {
    if (value < 0 || value > 0x7fffffff) {
      this.ascii(String(value));
      return;
    }
    this.ensure(16);
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    const out = this.bytes;
    let at = this.length + digits;
    this.length = at;
    let rest = value | 0;
    do {
      const quotient = (rest / 10) | 0;
      out[--at] = 48 + (rest - quotient * 10);
      rest = quotient;
    } while (rest > 0);
  }

  /** A signed 64-bit integer from its halves, all digits exact. */
  int64(lo: number, hi: number): void {
    if (hi === 0) this.integer(lo >>> 0);
    else this.ascii(BigInt.asIntN(64, (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)).toString());
  }

  /** An unsigned 64-bit integer from its halves, all digits exact. */
  uint64(lo: number, hi: number): void {
    if (hi === 0) this.integer(lo >>> 0);
    else this.ascii(((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)).toString());
  }

  /** A double; JSON knows no NaN and no infinity, so these are written as strings "NaN", "Infinity", "-Infinity". */
  double(value: number): void {
    if (Number.isFinite(value)) {
      if (Number.isInteger(value) && value >= 0 && value <= 0x7fffffff) this.integer(value);
      else if (!this.hundredths(value)) this.ascii(String(value));
      return;
    }
    this.raw(this.quote);
    this.ascii(String(value));
    this.raw(this.quote);
  }

  /** Writes a double that has at most two decimals, such as an amount of money. @returns false for others */
  private hundredths(value: number): boolean {
    const hundredths = Math.round(value * 100);
    // Of the doubles below 2^53 only one is the nearest to a number of so few digits.
    if (hundredths < 0 || hundredths > 0x7fffffff || hundredths / 100 !== value) return false;
    const whole = Math.floor(hundredths / 100);
    const rest = hundredths - whole * 100;
    this.integer(whole);
    this.byte(46);
    this.byte(48 + ((rest / 10) | 0));
    if (rest % 10 !== 0) this.byte(48 + (rest % 10));
    return true;
  }

  /** A `fixed64` of nanoseconds as seconds with nine decimals, exact. @param at offset in `source`, or 0 for time 0 */
  unixSeconds(source: DataView, at: number): void {
    this.ensure(32);
    const lo = at === 0 ? 0 : source.getUint32(at, true);
    const hi = at === 0 ? 0 : source.getUint32(at + 4, true);
    // Times of one request lie close together: most fall into the second that was written last.
    let nanos = (hi - this.secondHi) * 4294967296 + (lo - this.secondLo);
    if (nanos < 0 || nanos >= 1e9 || this.secondDigits === 0) nanos = this.startSecond(lo, hi);
    // As doubles, which ASCII and zeros are without being NaN; what is too much is written over.
    const out = this.data;
    const from = this.length;
    out.setFloat64(from, this.secondData.getFloat64(0, true), true);
    out.setFloat64(from + 8, this.secondData.getFloat64(8, true), true);
    const high = (nanos / 1e6) | 0;
    const rest = nanos - high * 1e6;
    const middle = (rest / 1e3) | 0;
    const fraction = from + this.secondDigits;
    out.setInt32(fraction, THREE_DIGITS[high] as number, true);
    out.setInt32(fraction + 3, THREE_DIGITS[middle] as number, true);
    out.setInt32(fraction + 6, THREE_DIGITS[rest - middle * 1e3] as number, true);
    this.length = fraction + 9;
  }

  /** Keeps the digits of the second in which a time falls. @returns the nanoseconds into it */
  private startSecond(lo: number, hi: number): number {
    // Long division of the four 16-bit digits by 10^9; the quotient stays below 2^35.
    let seconds = 0;
    let rest = 0;
    let part = hi >>> 16;
    for (let i = 0; i < 4; i++) {
      rest = rest * 65536 + part;
      const quotient = Math.floor(rest / 1e9);
      rest -= quotient * 1e9;
      seconds = seconds * 65536 + quotient;
      part = i === 0 ? hi & 0xffff : i === 1 ? lo >>> 16 : lo & 0xffff;
    }
    const borrow = lo < rest ? 1 : 0;
    this.secondLo = lo - rest + borrow * 4294967296;
    this.secondHi = hi - borrow;
    this.secondDigits = this.second.write(`${seconds}.`, 'latin1');
    return rest;
  }
}

/** Three digits and a zero byte, little-endian. */
const THREE_DIGITS = new Int32Array(1000);
for (let value = 0; value < 1000; value++)
  THREE_DIGITS[value] = Buffer.from(`${String(value).padStart(3, '0')}\0`).readInt32LE(0);

/** True when none of four bytes is below 0x20, a quote, a backslash or above 0x7f. */
function isPlain(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const slashes = word ^ 0x5c5c5c5c;
  const odd =
    ((word - 0x20202020) & ~word) |
    ((quotes - 0x01010101) & ~quotes) |
    ((slashes - 0x01010101) & ~slashes) |
    word;
  return (odd & 0x80808080) === 0;
}
