// Single dimensions of one request in their written form, each kept once: a value that comes again is one comparison.
import { AnyValueView, VALUE } from '../../telemetry/any-value.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { JsonBuffer } from '../../wire/json-buffer.ts';
import type { DimensionKey } from './dimension-rules.ts';
import { grown, HashSlots } from './hash-slots.ts';
import { MAX_DIMENSION_VALUE_CHARS } from './limits.ts';
import { asciiText } from './names.ts';

/** Stands for no dimension: the value was blank, or no plain value. */
export const NO_FRAGMENT = 0;

const INITIAL_CAPACITY = 1024;

/** No value of the key was seen yet. */
const NEVER = -1;

export class DimensionFragments {
  readonly json = new JsonBuffer('once', 1 << 16);
  /** By fragment: where its text starts in `json`; the next one's start is its end. */
  starts: Int32Array = new Int32Array(INITIAL_CAPACITY + 1);
  private readonly texts = new HashSlots();
  /** Values seen: where they lie in the request, under which key, and which fragment they became. */
  private readonly slots = new HashSlots();
  private valueStarts: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private valueEnds: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private valueKeys: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private fragments: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** By key: the value that was looked up last. */
  private readonly lastSeen: number[] = [];
  private readonly value = new AnyValueView();

  clear(): void {
    this.json.clear();
    this.slots.clear();
    this.texts.clear();
    this.starts[1] = 0;
    this.lastSeen.fill(NEVER);
  }

  /** @returns the fragment with this text, ASCII */
  ofText(text: string): number {
    const { json } = this;
    const start = json.length;
    json.ascii(text);
    return this.keep(start);
  }

  /**
   * @param start where the AnyValue lies; the bytes stay the same until `clear`
   * @returns the fragment, or NO_FRAGMENT; may move the cursor
   */
  ofValue(key: DimensionKey, cursor: WireCursor, start: number, end: number): number {
    const { slots } = this;
    const { data } = cursor;
    // Most values are those of the point before.
    const { number } = key;
    const last = this.lastSeen[number] ?? NEVER;
    if (last !== NEVER && this.isSame(last, number, data, start, end)) return this.fragments[last] as number;
    const hash = hashOf(data, start, end) ^ number;
    let seen = slots.first(hash);
    while (seen >= 0 && !this.isSame(seen, number, data, start, end)) seen = slots.next();
    if (seen < 0) seen = this.see(key, cursor, start, end, hash);
    this.lastSeen[number] = seen;
    return this.fragments[seen] as number;
  }

  /** Notes a value that was not there before. */
  private see(key: DimensionKey, cursor: WireCursor, start: number, end: number, hash: number): number {
    const seen = this.slots.add(hash);
    if (seen >= this.fragments.length) this.grow(seen + 1);
    this.valueStarts[seen] = start;
    this.valueEnds[seen] = end;
    this.valueKeys[seen] = key.number;
    this.fragments[seen] = this.render(key, cursor, start, end);
    return seen;
  }

  /** Ends the text that was written last, unless it is there already. @returns its fragment; they count from 1 */
  private keep(start: number): number {
    const { texts, json } = this;
    const hash = hashOf(json.data, start, json.length);
    let number = texts.first(hash);
    while (number >= 0 && !this.isText(number + 1, start)) number = texts.next();
    if (number >= 0) {
      json.length = start;
      return number + 1;
    }
    const fragment = texts.add(hash) + 1;
    if (fragment + 1 >= this.starts.length) this.starts = grown(this.starts, fragment + 2);
    this.starts[fragment + 1] = json.length;
    return fragment;
  }

  private isText(fragment: number, start: number): boolean {
    const { json } = this;
    const from = this.starts[fragment] as number;
    const length = (this.starts[fragment + 1] as number) - from;
    return json.length - start === length && isSameText(json.data, from, start, length);
  }

  private isSame(seen: number, key: number, data: DataView, start: number, end: number): boolean {
    const from = this.valueStarts[seen] as number;
    const length = end - start;
    if (this.valueKeys[seen] !== key || (this.valueEnds[seen] as number) - from !== length) return false;
    return isSameText(data, from, start, length);
  }

  private render(key: DimensionKey, cursor: WireCursor, start: number, end: number): number {
    const text = this.valueText(cursor, start, end);
    return text === '' ? NO_FRAGMENT : this.ofText(`${key.prefix}${text}"}`);
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

function isSameText(data: DataView, left: number, right: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    if (data.getInt32(left + i, true) !== data.getInt32(right + i, true)) return false;
  }
  for (; i < length; i++) if (data.getUint8(left + i) !== data.getUint8(right + i)) return false;
  return true;
}

/** Over words of four bytes; the low bits know the high ones. */
function hashOf(data: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ data.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ data.getUint8(at), 0x01000193);
  return hash ^ (hash >>> 13);
}
