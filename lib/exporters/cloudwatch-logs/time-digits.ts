// Times as decimal digits, straight into the output: half of what is not text in a log event.
import { unixMillis } from '../../wire/fixed64.ts';
import type { JsonBuffer } from '../../wire/json-buffer.ts';

/** Epoch milliseconds in decimal; times of our age have 13 digits. */
export function writeMillis(json: JsonBuffer, millis: number): void {
  if (millis < 1e12 || millis >= 1e13) {
    json.ascii(String(millis));
    return;
  }
  json.ensure(16);
  const high = Math.floor(millis / 1e6);
  digits(json.bytes, json.length, high, 7);
  digits(json.bytes, json.length + 7, millis - high * 1e6, 6);
  json.length += 13;
}

/** A `fixed64` of nanoseconds in decimal, every digit exact. @param at offset in `data` */
export function writeNanos(json: JsonBuffer, data: DataView, at: number): void {
  const millis = unixMillis(data, at);
  if (millis === 0) {
    json.integer(data.getUint32(at, true));
    return;
  }
  writeMillis(json, millis);
  // What is left below a millisecond, by arithmetic modulo 2^32.
  const rest = (data.getUint32(at, true) - Math.imul(millis | 0, 1_000_000)) >>> 0;
  json.ensure(8);
  digits(json.bytes, json.length, rest, 6);
  json.length += 6;
}

/** Writes exactly `count` decimal digits of an integer below 2^31. */
function digits(out: Buffer, at: number, value: number, count: number): void {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const quotient = (rest / 10) | 0;
    out[i] = 48 + rest - quotient * 10;
    rest = quotient;
  }
}
