// The attributes of one resource, scope, span, event, link, record or point: keys, and where their values lie.
import { MalformedError } from '../model/errors.ts';
import type { WireCursor } from '../wire/cursor.ts';
import { KEY_VALUE_KEY, KEY_VALUE_VALUE } from '../wire/otlp-fields.ts';
import type { AttributeKey, KeyBytes } from './attribute-key.ts';
import { MAX_ATTRIBUTES } from './attribute-limit.ts';
import { type KeySequence, NO_SEQUENCE } from './key-sequence.ts';
import { isSame, type KeyTable } from './key-table.ts';

const INITIAL_CAPACITY = 64;

/**
 * A reusable list. Entry i is `keys[i]` with the AnyValue message at `starts[i]`…`ends[i]` (both 0 when the value is
 * absent). OTLP leaves duplicate keys open: here the last value wins and keeps the first one's place. What comes behind
 * a full list is counted and left out.
 */
export class AttributeList {
  count = 0;
  readonly keys: AttributeKey[] = [];
  starts: Int32Array = new Int32Array(INITIAL_CAPACITY);
  ends: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Values that a later one with the same key replaced. */
  duplicates = 0;
  /** Attributes that found the list full. */
  excess = 0;
  /** All keys of a list whose order was seen before; NO_SEQUENCE for an empty list, and where no more are kept. */
  sequence: KeySequence = NO_SEQUENCE;
  private readonly max: number;
  /** By key id: in which round it was seen last, and at which place. */
  private rounds: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private places: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private round = 1;
  /** How many entries are in these tables: those of a known sequence are not until another key comes. */
  private remembered = 0;
  private unkept: Map<string, number> | undefined;

  /** @param max most entries */
  constructor(max: number = MAX_ATTRIBUTES) {
    this.max = max;
  }

  clear(): void {
    if (this.count > MAX_ATTRIBUTES) this.shrink();
    this.count = 0;
    this.duplicates = 0;
    this.excess = 0;
    this.round++;
    this.remembered = 0;
    this.sequence = NO_SEQUENCE;
    this.unkept = undefined;
  }

  /**
   * Reads one KeyValue message; the cursor is at its first byte.
   * @param end where the KeyValue ends
   */
  readKeyValue(cursor: WireCursor, end: number, table: KeyTable): void {
    if (this.count >= this.max) {
      this.excess++;
      cursor.pos = end;
      return;
    }
    // Nearly every KeyValue is a short key and then a value of less than 16 KB, and nothing else.
    const { bytes, pos } = cursor;
    const keyLength = bytes[pos + 1] as number;
    const afterKey = pos + 2 + keyLength;
    if (
      bytes[pos] === KEY_VALUE_KEY &&
      keyLength < 128 &&
      afterKey < end &&
      bytes[afterKey] === KEY_VALUE_VALUE
    ) {
      const first = bytes[afterKey + 1] as number;
      const second = first < 128 ? 0 : (bytes[afterKey + 2] as number);
      const start = afterKey + (first < 128 ? 2 : 3);
      if (second < 128 && start + (first < 128 ? first : (first & 127) | (second << 7)) === end) {
        cursor.pos = end;
        const next = this.sequence.first;
        if (next !== undefined && isSame(next.key as KeyBytes, bytes, cursor.data, pos + 2, afterKey)) {
          // The last key of a sequence is no duplicate.
          this.sequence = next;
          this.append(next.key as KeyBytes, start, end);
          return;
        }
        this.add(table.intern(bytes, cursor.data, pos + 2, afterKey), start, end, table);
        return;
      }
    }
    let keyStart = 0;
    let keyEnd = 0;
    let valueStart = 0;
    let valueEnd = 0;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === KEY_VALUE_KEY) {
        keyEnd = cursor.endOfField(end);
        keyStart = cursor.pos;
        cursor.pos = keyEnd;
      } else if (tag === KEY_VALUE_VALUE) {
        valueEnd = cursor.endOfField(end);
        valueStart = cursor.pos;
        cursor.pos = valueEnd;
      } else cursor.skip(tag, end);
    }
    if (cursor.pos !== end) throw new MalformedError('attribute runs past its end', end);
    this.add(table.intern(cursor.bytes, cursor.data, keyStart, keyEnd), valueStart, valueEnd, table);
  }

  /** @returns the place of the attribute with this key, or -1 */
  indexOf(key: string): number {
    for (let i = 0; i < this.count; i++) if (this.keys[i]?.text === key) return i;
    return -1;
  }

  /** Gives back what a rare large one took. */
  private shrink(): void {
    this.keys.length = 0;
    this.starts = new Int32Array(INITIAL_CAPACITY);
    this.ends = new Int32Array(INITIAL_CAPACITY);
  }

  private append(key: AttributeKey, valueStart: number, valueEnd: number): void {
    const place = this.count++;
    if (place >= this.starts.length) {
      this.starts = doubled(this.starts, place);
      this.ends = doubled(this.ends, place);
    }
    this.keys[place] = key;
    this.starts[place] = valueStart;
    this.ends[place] = valueEnd;
  }

  private add(key: AttributeKey, valueStart: number, valueEnd: number, table: KeyTable): void {
    for (; this.remembered < this.count; this.remembered++)
      this.remember(this.keys[this.remembered] as AttributeKey, this.remembered);
    const place = this.placeOf(key);
    if (place >= 0) {
      this.duplicates++;
      this.starts[place] = valueStart;
      this.ends[place] = valueEnd;
      return;
    }
    this.sequence = this.count === 0 ? table.sequences.root.with(key) : this.sequence.with(key);
    this.append(key, valueStart, valueEnd);
  }

  private placeOf(key: AttributeKey): number {
    if (key.id < 0) return this.unkept?.get(key.text) ?? -1;
    return this.rounds[key.id] === this.round ? (this.places[key.id] as number) : -1;
  }

  private remember(key: AttributeKey, place: number): void {
    if (key.id < 0) {
      this.unkept ??= new Map();
      this.unkept.set(key.text, place);
      return;
    }
    if (key.id >= this.rounds.length) {
      this.rounds = doubled(this.rounds, key.id);
      this.places = doubled(this.places, key.id);
    }
    this.rounds[key.id] = this.round;
    this.places[key.id] = place;
  }
}

function doubled(old: Int32Array, index: number): Int32Array {
  const larger = new Int32Array(Math.max(old.length * 2, index + 1));
  larger.set(old);
  return larger;
}
