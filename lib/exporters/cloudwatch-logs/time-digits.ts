// Times as decimal digits, straight into the output. Those of a request lie close together: the second that was
// written last is kept, and most times need no division of 64-bit numbers.
import { unixMillis } from '../../wire/fixed64.ts';
import type { JsonBuffer } from '../../wire/json-buffer.ts';

const TWO_32 = 4294967296;

const THREE_DIGITS = new Uint8Array(3_000);
for (let value = 0; value < 1_000; value++) {
  THREE_DIGITS.set(Buffer.from(String(value).padStart(3, '0')), value * 3);
}

/** Writes into one JsonBuffer. */
export class TimeDigits {
  private readonly json: JsonBuffer;
  /** The kept second: its digits (none for second 0), its number, and its start in nanoseconds. */
  private readonly digits = Buffer.alloc(12);
  private digitCount = 0;
  private second = 0;
  private lo = 0;
  private hi = 0;

  constructor(json: JsonBuffer) {
    this.json = json;
  }

  /** Epoch milliseconds of a `fixed64` of nanoseconds, rounded down. @param at offset in `data` */
  millisAt(data: DataView, at: number): number {
    const nanos = this.nanosIntoSecond(data, at);
    return this.second * 1_000 + ((nanos / 1_000_000) | 0);
  }

  /** Epoch milliseconds in decimal. @param millis whole, >= 0 */
  millis(millis: number): void {
    const { json } = this;
    const second = Math.floor(millis / 1_000);
    if (second !== this.second) this.keep(second);
    if (second === 0) {
      json.integer(millis);
      return;
    }
    // First the second: it may make the buffer a new one.
    const end = this.writeSecond();
    json.length = threeDigits(json.bytes, end, millis - second * 1_000);
  }

  /** A `fixed64` of nanoseconds in decimal, every digit exact. */
  nanos(data: DataView, at: number): void {
    const { json } = this;
    const nanos = this.nanosIntoSecond(data, at);
    if (this.second === 0) {
      json.integer(nanos);
      return;
    }
    const millions = (nanos / 1_000_000) | 0;
    const rest = nanos - millions * 1_000_000;
    const thousands = (rest / 1_000) | 0;
    let end = this.writeSecond();
    end = threeDigits(json.bytes, end, millions);
    end = threeDigits(json.bytes, end, thousands);
    json.length = threeDigits(json.bytes, end, rest - thousands * 1_000);
  }

  /** Makes the second of a time the kept one. */
  private nanosIntoSecond(data: DataView, at: number): number {
    const lo = data.getUint32(at, true);
    const hi = data.getUint32(at + 4, true);
    let nanos = (hi - this.hi) * TWO_32 + (lo - this.lo);
    if (nanos < 0 || nanos >= 1e9) {
      this.keep(Math.floor(unixMillis(data, at) / 1_000));
      nanos = (hi - this.hi) * TWO_32 + (lo - this.lo);
    }
    return nanos;
  }

  private keep(second: number): void {
    this.second = second;
    this.digitCount = second === 0 ? 0 : this.digits.write(String(second), 'latin1');
    const start = BigInt(second) * 1_000_000_000n;
    this.lo = Number(start & 0xffffffffn);
    this.hi = Number(start >> 32n);
  }

  /** @returns where its digits end; there is room for nine more */
  private writeSecond(): number {
    const { json, digits, digitCount } = this;
    json.ensure(digitCount + 9);
    const out = json.bytes;
    let at = json.length;
    for (let i = 0; i < digitCount; i++) out[at++] = digits[i] as number;
    return at;
  }
}

function threeDigits(out: Buffer, at: number, value: number): number {
  const from = value * 3;
  out[at] = THREE_DIGITS[from] as number;
  out[at + 1] = THREE_DIGITS[from + 1] as number;
  out[at + 2] = THREE_DIGITS[from + 2] as number;
  return at + 3;
}
