// 64-bit numbers and OTLP times read at an offset, exact where a double can be and as BigInt where it cannot.

const TWO_32 = 4294967296;
const NANOS_PER_MILLI = 1_000_000;

/** Unsigned 64-bit number at `at`; exact up to 2^53. */
export function uint64Number(data: DataView, at: number): number {
  return data.getUint32(at + 4, true) * TWO_32 + data.getUint32(at, true);
}

/** Signed 64-bit number at `at`; exact up to ±2^53. */
export function int64Number(data: DataView, at: number): number {
  return data.getInt32(at + 4, true) * TWO_32 + data.getUint32(at, true);
}

/**
 * A `fixed64` of nanoseconds as whole milliseconds since the epoch, rounded down. Exact over the whole range.
 * @param at offset of the field; 0 stands for an absent field and gives 0
 */
export function unixMillis(data: DataView, at: number): number {
  if (at === 0) return 0;
  const lo = data.getUint32(at, true);
  const hi = data.getUint32(at + 4, true);
  // hi × 2^32 + lo in parts of 10^6 that stay below 2^53: (2^32 mod 10^6) × hi < 2^52
  const quotient = Math.floor(hi / NANOS_PER_MILLI);
  const rest = (hi - quotient * NANOS_PER_MILLI) * TWO_32 + lo;
  return quotient * TWO_32 + Math.floor(rest / NANOS_PER_MILLI);
}

/** A `fixed64` of nanoseconds as BigInt; 0n when absent. */
export function unixNanos(data: DataView, at: number): bigint {
  return at === 0 ? 0n : data.getBigUint64(at, true);
}

/** True when the field is absent or holds 0. */
export function isZero64(data: DataView, at: number): boolean {
  return at === 0 || (data.getUint32(at, true) === 0 && data.getUint32(at + 4, true) === 0);
}

/** Nanoseconds from `fromAt` to `toAt` as a double; negative when the end is before the start. */
export function elapsedNanos(data: DataView, fromAt: number, toAt: number): number {
  const lo = data.getUint32(toAt, true) - data.getUint32(fromAt, true);
  const hi = data.getUint32(toAt + 4, true) - data.getUint32(fromAt + 4, true);
  return hi * TWO_32 + lo;
}
