// The output side of the transcoder: protobuf numbers and lengths, and JSON strings copied as UTF-8, ids and base64.
import { MalformedError, PermanentError } from '../../model/errors.ts';
import { JsonNumberScanner } from './numbers.ts';
import { BACKSLASH, HEX_VALUES, lowestByte, oddBytes, QUOTE } from './scanner.ts';

/** Room kept behind what the rest of the JSON can need: fixed numbers, tags, and lengths of closing messages. */
const SLACK = 2048;

/** Base64 in the standard and the URL alphabet, padding optional. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Stands for a surrogate without its other half. */
const REPLACEMENT = 0xfffd;

/** A whole number of bytes. */
const HEX_ID = /^(?:[0-9a-f]{2})*$/i;

/** An id that is not hexadecimal becomes this one byte: no valid length, so the item is refused, not the request. */
const INVALID_ID = 0;

export class TextWriter extends JsonNumberScanner {
  protected out: Buffer = Buffer.alloc(0);
  protected outData: DataView = new DataView(new ArrayBuffer(0));
  /** Where the next byte goes. */
  protected at = 0;
  /** Most bytes of output: short numbers in JSON, such as the zeros of a histogram, take four times as many here. */
  protected maxBytes = 0;
  /** Ids that were not hexadecimal. */
  protected invalidIds = 0;

  /** Makes sure that all text that is left in the JSON, and one more value, would fit. */
  protected room(): void {
    const needed = this.end - this.pos + SLACK;
    if (this.out.length - this.at < needed) this.grow(needed);
  }

  private grow(needed: number): void {
    this.checkLength();
    const most = this.maxBytes + needed;
    const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(this.out.length * 2, this.at + needed), most));
    this.out.copy(larger, 0, 0, this.at);
    this.out = larger;
    this.outData = new DataView(larger.buffer, larger.byteOffset, larger.length);
  }

  /** @throws PermanentError 'tooLarge' */
  protected checkLength(): void {
    if (this.at <= this.maxBytes) return;
    throw new PermanentError('tooLarge', `as protobuf the body is above the limit of ${this.maxBytes} bytes`);
  }

  /** A varint of up to 32 bits. */
  protected varint(value: number): void {
    const { out } = this;
    let at = this.at;
    let rest = value;
    while (rest > 127) {
      out[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    out[at++] = rest;
    this.at = at;
  }

  /** The integer in `lo` and `hi` as a varint. */
  protected varint64(): void {
    let { lo, hi } = this;
    while (hi !== 0) {
      this.out[this.at++] = (lo & 127) | 128;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    this.varint(lo);
  }

  /** The integer in `lo` and `hi` as eight bytes. */
  protected fixed64(): void {
    this.outData.setUint32(this.at, this.lo, true);
    this.outData.setUint32(this.at + 4, this.hi, true);
    this.at += 8;
  }

  protected fixed32(value: number): void {
    this.outData.setUint32(this.at, value, true);
    this.at += 4;
  }

  protected float64(value: number): void {
    this.outData.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /**
   * Writes the length of what lies between `start` and `at` in front of it, in as few bytes as it takes.
   * @param reserved bytes that were kept free before `start`
   */
  protected lengthBefore(start: number, reserved: number): void {
    const length = this.at - start;
    if (length < 128 && reserved === 1) {
      this.out[start - 1] = length;
      return;
    }
    const bytes =
      length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5;
    const shift = bytes - reserved;
    if (shift !== 0) this.out.copyWithin(start + shift, start, this.at);
    const end = this.at + shift;
    this.at = start - reserved;
    this.varint(length);
    this.at = end;
  }

  /** A JSON string as length and UTF-8; the position is at its opening quote. */
  protected string(): void {
    if (this.bytes[this.pos] !== QUOTE) throw this.unexpected('a string');
    const start = this.at + 1;
    this.at = start;
    this.copyString();
    this.lengthBefore(start, 1);
  }

  /** The inside of a JSON string as UTF-8, four bytes at a time. */
  private copyString(): void {
    const { bytes, data, out, outData } = this;
    const lastWord = this.end - 4;
    let pos = this.pos + 1;
    let at = this.at;
    for (;;) {
      while (pos <= lastWord) {
        const word = data.getInt32(pos, true);
        outData.setInt32(at, word, true);
        const odd = oddBytes(word);
        if (odd !== 0) {
          const plain = lowestByte(odd);
          pos += plain;
          at += plain;
          break;
        }
        pos += 4;
        at += 4;
      }
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.pos = pos + 1;
        this.at = at;
        return;
      }
      if (byte === BACKSLASH) {
        this.pos = pos;
        at = this.copyEscape(at);
        pos = this.pos;
      } else if (byte === undefined || byte < 0x20) throw this.badString(pos);
      else {
        out[at++] = byte;
        pos += 1;
      }
    }
  }

  /** One escape, or the two of a surrogate pair, as UTF-8; a surrogate alone becomes U+FFFD. @returns where it ends */
  private copyEscape(at: number): number {
    const unit = this.escapedUnit();
    let point = unit;
    if (unit >= 0xd800 && unit <= 0xdfff) {
      point = REPLACEMENT;
      const behind = this.pos;
      if (unit <= 0xdbff && this.bytes[behind] === BACKSLASH) {
        const second = this.escapedUnit();
        if (second >= 0xdc00 && second <= 0xdfff)
          point = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
        else this.pos = behind;
      }
    }
    const { out } = this;
    if (point < 0x80) {
      out[at] = point;
      return at + 1;
    }
    if (point < 0x800) {
      out[at] = 0xc0 | (point >> 6);
      out[at + 1] = 0x80 | (point & 63);
      return at + 2;
    }
    if (point < 0x10000) {
      out[at] = 0xe0 | (point >> 12);
      out[at + 1] = 0x80 | ((point >> 6) & 63);
      out[at + 2] = 0x80 | (point & 63);
      return at + 3;
    }
    out[at] = 0xf0 | (point >> 18);
    out[at + 1] = 0x80 | ((point >> 12) & 63);
    out[at + 2] = 0x80 | ((point >> 6) & 63);
    out[at + 3] = 0x80 | (point & 63);
    return at + 4;
  }

  /** Length and bytes of a hexadecimal id; the position is at its opening quote. */
  protected id(): void {
    const { bytes, out, end } = this;
    if (bytes[this.pos] !== QUOTE) throw this.unexpected('a string');
    const start = this.at + 1;
    let at = start;
    let pos = this.pos + 1;
    // Behind the end there is `undefined`, which looks like zeros to the test below.
    while (pos + 1 < end) {
      const high = HEX_VALUES[bytes[pos] as number] as number;
      const low = HEX_VALUES[bytes[pos + 1] as number] as number;
      if ((high | low) > 15) break;
      out[at++] = (high << 4) | low;
      pos += 2;
    }
    if (bytes[pos] === QUOTE) this.pos = pos + 1;
    else at = start + this.unusualId(start);
    this.at = at;
    this.lengthBefore(start, 1);
  }

  /** An id with escapes, or none. @returns how many bytes it has */
  private unusualId(start: number): number {
    const text = this.stringText();
    if (HEX_ID.test(text)) return this.out.write(text, start, 'hex');
    this.invalidIds += 1;
    this.out[start] = INVALID_ID;
    return 1;
  }

  /** Length and bytes of base64 text; the position is at its opening quote. */
  protected base64(): void {
    const jsonStart = this.pos;
    if (this.bytes[jsonStart] !== QUOTE) throw this.unexpected('a string');
    const start = this.at + 1;
    this.at = start;
    this.copyString();
    const text = this.out.toString('latin1', start, this.at);
    if (!BASE64.test(text)) throw new MalformedError('expected base64', jsonStart);
    // The bytes take the place of the text that they are decoded from.
    this.at = start + this.out.write(text, start, 'base64');
    this.lengthBefore(start, 1);
  }
}
