// Single dimensions of one request in their written form, each kept once: a value that comes again is one comparison.
import { AnyValueView, VALUE } from '../../telemetry/any-value.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { JsonBuffer } from '../../wire/json-buffer.ts';
import { grown, HashSlots } from './hash-slots.ts';
import { MAX_DIMENSION_VALUE_CHARS } from './limits.ts';
import { asciiText } from './names.ts';

/** Stands for no dimension: the value was blank, or no plain value. */
export const NO_FRAGMENT = 0;

const CLOSE = Buffer.from('"}');
const INITIAL_CAPACITY = 1024;

export class DimensionFragments {
  readonly json = new JsonBuffer('once', 1 << 16);
  /** By fragment: where its text starts in `json`; the next one's start is its end. */
  starts: Int32Array = new Int32Array(INITIAL_CAPACITY + 1);
  private count = 1;
  private readonly byText = new Map<string, number>();
  /** Values seen: where they lie in the request, under which key, and which fragment they became. */
  private readonly slots = new HashSlots();
  private valueStarts: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private valueEnds: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private valueKeys: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private fragments: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private readonly value = new AnyValueView();

  clear(): void {
    this.json.clear();
    this.slots.clear();
    this.byText.clear();
    this.count = 1;
    this.starts[1] = 0;
  }

  /** The text of a fragment. */
  text(fragment: number): string {
    return this.json.bytes.toString('latin1', this.starts[fragment], this.starts[fragment + 1]);
  }

  /** @returns the fragment with this text, ASCII */
  ofText(text: string): number {
    const known = this.byText.get(text);
    if (known !== undefined) return known;
    const fragment = this.count++;
    if (fragment + 1 >= this.starts.length) this.starts = grown(this.starts, fragment + 2);
    this.json.ascii(text);
    this.starts[fragment + 1] = this.json.length;
    this.byText.set(text, fragment);
    return fragment;
  }

  /**
   * @param key a number for `prefix`, the text before the value
   * @param start where the AnyValue lies; the bytes stay the same until `clear`
   * @returns the fragment, or NO_FRAGMENT; may move the cursor
   */
  ofValue(key: number, prefix: Uint8Array, cursor: WireCursor, start: number, end: number): number {
    const { slots } = this;
    const { bytes } = cursor;
    let hash = Math.imul(key ^ (end - start), 0x9e3779b1);
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    hash ^= hash >>> 15;
    let seen = slots.first(hash);
    while (seen >= 0 && !this.isSame(seen, key, bytes, start, end)) seen = slots.next();
    if (seen >= 0) return this.fragments[seen] as number;
    seen = slots.add(hash);
    if (seen >= this.fragments.length) this.grow(seen + 1);
    this.valueStarts[seen] = start;
    this.valueEnds[seen] = end;
    this.valueKeys[seen] = key;
    const fragment = this.render(prefix, cursor, start, end);
    this.fragments[seen] = fragment;
    return fragment;
  }

  private isSame(seen: number, key: number, bytes: Buffer, start: number, end: number): boolean {
    const from = this.valueStarts[seen] as number;
    if (this.valueKeys[seen] !== key || (this.valueEnds[seen] as number) - from !== end - start) return false;
    for (let i = start, at = from; i < end; i++, at++) if (bytes[i] !== bytes[at]) return false;
    return true;
  }

  private render(prefix: Uint8Array, cursor: WireCursor, start: number, end: number): number {
    const text = this.valueText(cursor, start, end);
    return text === '' ? NO_FRAGMENT : this.ofText(`${Buffer.from(prefix)}${text}${CLOSE}`);
  }

  /** A plain value as the inside of a JSON string, '' when it is blank or not plain. */
  private valueText(cursor: WireCursor, start: number, end: number): string {
    const { value } = this;
    value.read(cursor, start, end);
    switch (value.kind) {
      case VALUE.string: {
        const text = asciiText(cursor.text(value.start, value.end), MAX_DIMENSION_VALUE_CHARS);
        return JSON.stringify(text).slice(1, -1);
      }
      case VALUE.int:
        return value.intBigInt().toString();
      case VALUE.double:
        return String(value.double);
      case VALUE.bool:
        return String(value.bool);
      default:
        return '';
    }
  }

  private grow(needed: number): void {
    this.valueStarts = grown(this.valueStarts, needed);
    this.valueEnds = grown(this.valueEnds, needed);
    this.valueKeys = grown(this.valueKeys, needed);
    this.fragments = grown(this.fragments, needed);
  }
}
