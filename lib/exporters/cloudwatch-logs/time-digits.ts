// Times as decimal digits, straight into the output. Those of a request lie close together: the digits of the second
// that was written last are kept.
import { unixMillis } from '../../wire/fixed64.ts';
import type { JsonBuffer } from '../../wire/json-buffer.ts';

/** Digits of a second of our age: 2001 to 2286. */
const SECOND_DIGITS = 10;

const THREE_DIGITS = new Uint8Array(3_000);
for (let value = 0; value < 1_000; value++) {
  THREE_DIGITS.set(Buffer.from(String(value).padStart(3, '0')), value * 3);
}

/** Writes into one JsonBuffer. */
export class TimeDigits {
  private readonly json: JsonBuffer;
  private readonly digits = Buffer.alloc(SECOND_DIGITS);
  private second = -1;

  constructor(json: JsonBuffer) {
    this.json = json;
  }

  /** Epoch milliseconds in decimal. */
  millis(millis: number): void {
    const { json, digits } = this;
    const second = Math.floor(millis / 1_000);
    if (second !== this.second && !this.keep(second)) {
      json.ascii(String(millis));
      return;
    }
    json.ensure(SECOND_DIGITS + 3);
    const out = json.bytes;
    let at = json.length;
    for (let i = 0; i < SECOND_DIGITS; i++) out[at++] = digits[i] as number;
    json.length = threeDigits(out, at, millis - second * 1_000);
  }

  /** A `fixed64` of nanoseconds in decimal, every digit exact. @param at offset in `data` */
  nanos(data: DataView, at: number): void {
    const { json } = this;
    const millis = unixMillis(data, at);
    if (millis === 0) {
      json.integer(data.getUint32(at, true));
      return;
    }
    this.millis(millis);
    // What is left below a millisecond, by arithmetic modulo 2^32.
    const rest = (data.getUint32(at, true) - Math.imul(millis | 0, 1_000_000)) >>> 0;
    const thousands = (rest / 1_000) | 0;
    json.ensure(6);
    const out = json.bytes;
    json.length = threeDigits(out, threeDigits(out, json.length, thousands), rest - thousands * 1_000);
  }

  /** @returns false for a second of another length */
  private keep(second: number): boolean {
    if (second < 1e9 || second >= 1e10) return false;
    this.digits.write(String(second), 'latin1');
    this.second = second;
    return true;
  }
}

function threeDigits(out: Buffer, at: number, value: number): number {
  const from = value * 3;
  out[at] = THREE_DIGITS[from] as number;
  out[at + 1] = THREE_DIGITS[from + 1] as number;
  out[at + 2] = THREE_DIGITS[from + 2] as number;
  return at + 3;
}
