// Numbers of OTLP/JSON with every digit kept: 64-bit integers as two halves, doubles as JavaScript would read them.
import { MalformedError } from '../../model/errors.ts';
import { JsonScanner, MINUS, QUOTE } from './scanner.ts';

const TWO_16 = 65_536;
const TWO_32 = 2 ** 32;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Digits that surely fit a signed 32-bit number. */
const CHUNK_DIGITS = 9;
/** A mantissa of up to 15 digits is exact in a double, and so are these powers: one division rounds correctly. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** The longest numeric text that is looked at digit by digit; longer ones are no number that a field can hold. */
const MAX_NUMBER_LENGTH = 800;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The integer that a decimal text stands for, all digits exact: `-5`, `1e3`, `20.0`.
 * @returns undefined when it is no integer or far beyond 64 bits
 */
export function exactInteger(text: string): bigint | undefined {
  const match = text.length > MAX_NUMBER_LENGTH ? null : NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const mantissa = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length;
  if (mantissa === 0n) return 0n;
  if (Math.abs(shift) > MAX_NUMBER_LENGTH) return undefined;
  const scale = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && mantissa % scale !== 0n) return undefined;
  const magnitude = shift < 0 ? mantissa / scale : mantissa * scale;
  return sign === '-' ? -magnitude : magnitude;
}

export class JsonNumberScanner extends JsonScanner {
  /** Halves (unsigned) of the integer that was read last, in two's complement. */
  protected lo = 0;
  protected hi = 0;

  /** Reads an unsigned 64-bit integer, given as a number or a string. @throws MalformedError when it is none */
  protected uint64(): void {
    const start = this.pos;
    if (this.magnitude() && !(this.bytes[start] === MINUS || this.bytes[start + 1] === MINUS)) return;
    this.pos = start;
    const value = exactInteger(this.numericText());
    if (value === undefined || value < 0n || value > MAX_UINT64) {
      throw new MalformedError('expected an unsigned 64-bit integer', start);
    }
    this.halves(value);
  }

  /**
   * Reads a signed 64-bit integer, given as a number or a string.
   * @returns true; false for a number that is no 64-bit integer: the position is then where it was
   * @throws MalformedError for what is no number at all
   */
  protected int64(): boolean {
    const start = this.pos;
    if (this.magnitude() && this.hi < 0x80000000) {
      if (this.bytes[start] === MINUS || this.bytes[start + 1] === MINUS) this.negate();
      return true;
    }
    this.pos = start;
    const value = exactInteger(this.numericText());
    if (value === undefined || value < MIN_INT64 || value > MAX_INT64) {
      this.pos = start;
      return false;
    }
    this.halves(BigInt.asUintN(64, value));
    return true;
  }

  /** Reads an integer between these limits, given as a number or a string. */
  protected smallInteger(least: number, most: number): number {
    const start = this.pos;
    if (this.int64()) {
      const value = (this.hi | 0) * TWO_32 + this.lo;
      if (value >= least && value <= most) return value;
    }
    throw new MalformedError(`expected an integer between ${least} and ${most}`, start);
  }

  /** Reads a double, given as a number or as a string, "NaN", "Infinity" and "-Infinity" included. */
  protected double(): number {
    const { bytes } = this;
    const start = this.pos;
    if (bytes[start] === QUOTE) return this.doubleInText();
    const first = bytes[start] === MINUS ? start + 1 : start;
    let pos = first;
    let mantissa = 0;
    let fraction = 0;
    let digit = (bytes[pos] as number) ^ 0x30;
    const leadingZero = digit === 0;
    while (digit < 10) {
      mantissa = mantissa * 10 + digit;
      digit = (bytes[++pos] as number) ^ 0x30;
    }
    const whole = pos - first;
    if (bytes[pos] === 0x2e) {
      digit = (bytes[++pos] as number) ^ 0x30;
      while (digit < 10) {
        mantissa = mantissa * 10 + digit;
        fraction += 1;
        digit = (bytes[++pos] as number) ^ 0x30;
      }
      if (fraction === 0) pos = start;
    }
    const exponent = ((bytes[pos] as number) | 0x20) === 0x65;
    if (
      whole === 0 ||
      (leadingZero && whole > 1) ||
      exponent ||
      pos === start ||
      whole + fraction > EXACT_DIGITS
    ) {
      this.skipNumber();
      return Number(bytes.toString('latin1', start, this.pos));
    }
    this.pos = pos;
    const value = fraction === 0 ? mantissa : mantissa / (POWERS_OF_TEN[fraction] as number);
    return first === start ? value : -value;
  }

  private doubleInText(): number {
    const start = this.pos;
    const text = this.stringText();
    if (text === 'NaN' || text === 'Infinity' || text === '-Infinity' || NUMBER.test(text))
      return Number(text);
    throw new MalformedError('expected a number', start);
  }

  /** Text of a number or of a string that holds one; steps over it. */
  private numericText(): string {
    const start = this.pos;
    if (this.bytes[start] === QUOTE) {
      const text = this.stringText();
      if (!NUMBER.test(text)) throw new MalformedError('expected a number', start);
      return text;
    }
    this.skipNumber();
    return this.bytes.toString('latin1', start, this.pos);
  }

  /** Text of a short string such as a number or a name; steps over it. Not for the hot path. */
  protected stringText(): string {
    const start = this.pos;
    const escaped = this.skipString();
    const raw = this.bytes.toString('utf8', start, this.pos);
    return escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  /**
   * Reads plain digits with or without a sign and quotes; steps over them and sets `lo` and `hi` to their magnitude.
   * @returns false for any other form and for more than 64 bits; the position is then undefined
   */
  private magnitude(): boolean {
    const { bytes } = this;
    const quoted = bytes[this.pos] === QUOTE;
    let pos = quoted ? this.pos + 1 : this.pos;
    if (bytes[pos] === MINUS) pos += 1;
    const first = pos;
    this.lo = 0;
    this.hi = 0;
    for (;;) {
      const chunkStart = pos;
      let chunk = 0;
      let digit = (bytes[pos] as number) ^ 0x30;
      while (digit < 10 && pos - chunkStart < CHUNK_DIGITS) {
        chunk = chunk * 10 + digit;
        digit = (bytes[++pos] as number) ^ 0x30;
      }
      if (chunkStart === first) this.lo = chunk;
      else if (!this.append(POWERS_OF_TEN[pos - chunkStart] as number, chunk)) return false;
      if (digit >= 10) break;
    }
    if (pos === first || (bytes[first] === 0x30 && pos - first > 1)) return false;
    const next = bytes[pos] as number;
    if (quoted) {
      if (next !== QUOTE) return false;
      pos += 1;
    } else if (next === 0x2e || (next | 0x20) === 0x65) return false;
    this.pos = pos;
    return true;
  }

  /** value × scale + digits over the two halves. @param scale up to 10^9 @returns false beyond 64 bits */
  private append(scale: number, digits: number): boolean {
    const low = (this.lo & 0xffff) * scale + digits;
    const middle = (this.lo >>> 16) * scale + Math.floor(low / TWO_16);
    this.lo = ((middle % TWO_16) * TWO_16 + (low % TWO_16)) >>> 0;
    this.hi = this.hi * scale + Math.floor(middle / TWO_16);
    return this.hi < TWO_32;
  }

  private negate(): void {
    this.lo = -this.lo >>> 0;
    this.hi = (~this.hi + (this.lo === 0 ? 1 : 0)) >>> 0;
  }

  private halves(value: bigint): void {
    this.lo = Number(value & 0xffffffffn);
    this.hi = Number(value >> 32n);
  }
}
