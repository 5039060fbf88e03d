// Minutes as bytes: what an hour row holds, and the minutes that are in none yet. A minute of whole counts takes 3 to 8
// bytes, so that an hour stays below the 1 KB that one write costs.
import type { Counts } from '../evaluation/counts.ts';
import type { Slice } from '../evaluation/slice.ts';

const MINUTE = 60_000;
const VERSION = 1;

/** Bits of a minute's first byte. */
const SEEN_DIFFERS = 1;
const UNSETTLED = 2;
/** Counts are not whole: 8 bytes each. */
const FRACTIONS = 4;

/** @param slices of different minutes @returns empty when there is none */
export function packSlices(slices: readonly Slice[]): Uint8Array {
  if (slices.length === 0) return new Uint8Array(0);
  const sorted = slices.toSorted((a, b) => a.start - b.start);
  const bytes: number[] = [VERSION];
  let last = 0;
  for (const slice of sorted) {
    const { counts, seen, unsettledTotal } = slice;
    const minute = slice.start / MINUTE;
    const seenDiffers = seen.bad !== counts.bad || seen.total !== counts.total;
    const numbers = [counts.bad, counts.total];
    if (seenDiffers) numbers.push(seen.bad, seen.total);
    if (unsettledTotal > 0) numbers.push(unsettledTotal);
    const isWhole = numbers.every((number) => Number.isSafeInteger(number));
    addVarint(bytes, minute - last);
    bytes.push(
      (seenDiffers ? SEEN_DIFFERS : 0) | (unsettledTotal > 0 ? UNSETTLED : 0) | (isWhole ? 0 : FRACTIONS),
    );
    for (const number of numbers) isWhole ? addVarint(bytes, number) : addDouble(bytes, number);
    last = minute;
  }
  return Uint8Array.from(bytes);
}

/** Whether unpackSlices reads these bytes: those of another version it does not. */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes.length === 0 || bytes[0] === VERSION;
}

/** @throws RangeError for bytes that packSlices did not write */
export function unpackSlices(bytes: Uint8Array): Slice[] {
  if (bytes.length === 0) return [];
  if (bytes[0] !== VERSION) throw new RangeError(`packed slices of version ${bytes[0]}, expected ${VERSION}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slices: Slice[] = [];
  let at = 1;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const double = (): number => {
    at += 8;
    return view.getFloat64(at - 8, true);
  };
  for (let minute = 0; at < bytes.length; ) {
    minute += varint();
    const flags = view.getUint8(at++);
    const number = (flags & FRACTIONS) === 0 ? varint : double;
    const pair = (): Counts => ({ bad: number(), total: number() });
    const counts = pair();
    const seen = (flags & SEEN_DIFFERS) === 0 ? counts : pair();
    const unsettledTotal = (flags & UNSETTLED) === 0 ? 0 : number();
    slices.push({ start: minute * MINUTE, counts, seen, unsettledTotal });
  }
  return slices;
}

function addVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function addDouble(bytes: number[], value: number): void {
  const eight = new DataView(new ArrayBuffer(8));
  eight.setFloat64(0, value, true);
  bytes.push(...new Uint8Array(eight.buffer));
}
