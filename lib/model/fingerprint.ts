// The identity of a label set, the same number that Alertmanager and Prometheus compute: the alert queue is sharded by
// it, and routing keeps alerts under it.
import { compareCodePoints } from './code-points.ts';

type LabelSet = Readonly<Record<string, string>>;

const encoder = new TextEncoder();
/** 2^40 + 0x1b3 is FNV's prime for 64 bits, 0xcbf29ce484222325 its offset; both as two halves of 32 bits. */
const PRIME_LOW = 0x1b3;
const OFFSET_HIGH = 0xcbf29ce4 | 0;
const OFFSET_LOW = 0x84222325 | 0;
const SEPARATOR = 0xff;
/** No character is more bytes in UTF-8 than three for each of its UTF-16 units. */
const MAX_BYTES_PER_UNIT = 3;
/** Bytes of the label set at hand; grows with the largest seen. */
let scratch = new Uint8Array(4_096);
/** Only names with such characters can be in another order than JavaScript's. */
const ABOVE_ASCII = /[^\0-\x7f]/;

/** Label names in the order in which label sets are compared and printed. */
export function sortedNames(labels: LabelSet): string[] {
  const names = Object.keys(labels).sort();
  return names.some((name) => ABOVE_ASCII.test(name)) ? names.sort(compareCodePoints) : names;
}

/**
 * FNV-1a (64 bits) over name, 0xFF, value, 0xFF of each label in order.
 * @returns 16 hexadecimal digits
 * @example fingerprint({}) // 'cbf29ce484222325'
 */
export function fingerprint(labels: LabelSet): string {
  let length = 0;
  for (const name of sortedNames(labels)) length = append(labels[name]!, append(name, length));
  const bytes = scratch;
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  // Whole numbers of 32 bits only: a product above them would become a number on the heap, byte for byte.
  for (let i = 0; i < length; i++) {
    const mixed = low ^ bytes[i]!;
    const lower = (mixed & 0xffff) * PRIME_LOW;
    const upper = (mixed >>> 16) * PRIME_LOW + (lower >>> 16);
    // hash * 2^40 moves the low half's lower 24 bits into the high half.
    high = (Math.imul(high, PRIME_LOW) + (upper >>> 16) + (mixed << 8)) | 0;
    low = (upper << 16) | (lower & 0xffff);
  }
  return digits(high) + digits(low);
}

/** Writes a text and the separator into the scratch. @returns where the next one begins */
function append(text: string, from: number): number {
  const needed = from + text.length * MAX_BYTES_PER_UNIT + 1;
  if (needed > scratch.length) {
    const larger = new Uint8Array(2 * needed);
    larger.set(scratch);
    scratch = larger;
  }
  let at = from;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) {
      at += encoder.encodeInto(text.slice(i), scratch.subarray(at)).written;
      break;
    }
    scratch[at++] = unit;
  }
  scratch[at++] = SEPARATOR;
  return at;
}

function digits(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
