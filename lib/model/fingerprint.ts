// The identity of a label set, the same number that Alertmanager and Prometheus compute: the alert queue is sharded by
// it, and routing keeps alerts under it.
import { compareCodePoints } from './code-points.ts';

type LabelSet = Readonly<Record<string, string>>;

const encoder = new TextEncoder();
/** 2^40 + 0x1b3 is FNV's prime for 64 bits, 0xcbf29ce484222325 its offset. */
const PRIME_LOW = 0x1b3;
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
const SEPARATOR = 0xff;
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
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  const add = (byte: number): void => {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * PRIME_LOW;
    // hash * 2^40 moves the low half's lower 24 bits into the high half.
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / 0x1_0000_0000) + (mixed << 8)) >>> 0;
    low = product >>> 0;
  };
  const addText = (text: string): void => {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        for (const byte of encoder.encode(text.slice(i))) add(byte);
        break;
      }
      add(unit);
    }
    add(SEPARATOR);
  };
  for (const name of sortedNames(labels)) {
    addText(name);
    addText(labels[name]!);
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
