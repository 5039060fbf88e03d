// The attributes of the current span by slot, and which of them a block of the document already shows.
import { AnyValueView, plainText, VALUE } from '../../../telemetry/any-value.ts';
import type { AttributeList } from '../../../telemetry/attribute-list.ts';
import type { KeySequenceTree } from '../../../telemetry/key-sequence.ts';
import { type AttributeKey, KeySideTable } from '../../../telemetry/key-table.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import type { WireCursor } from '../../../wire/cursor.ts';
import { ANY_VALUE_INT } from '../../../wire/otlp-fields.ts';
import {
  FIRST_CALL_SLOT,
  FIRST_URL_SLOT,
  LAST_CALL_SLOT,
  LAST_HTTP_SLOT,
  LAST_URL_SLOT,
  SLOT,
  SLOT_COUNT,
  type Slot,
  slotOf,
} from './attribute-slots.ts';
import { shortVarint } from './short-varint.ts';
import { textList } from './text-list.ts';

const NO_KEYS: ReadonlySet<string> = new Set();

/** What is read of a list of keys to index: X-Ray takes 50 annotations of a trace. */
const MAX_LISTED_KEYS = 1_000;

/** `number` is what wholeNumber could not read. */
export const NOT_WHOLE = Number.NaN;

/** What the keys of a span say before a value is looked at. */
interface SlotPlan {
  readonly places: Int32Array;
  readonly isHttp: boolean;
  readonly urlParts: number;
  readonly isCall: boolean;
  readonly hasPrefixed: boolean;
}

/** One table for the life of an encoder; nothing is allocated for a span of usual size. */
export class SpanAttributes {
  readonly cursor: WireCursor;
  list: AttributeList;
  /** Range of the text that `string` found. */
  start = 0;
  end = 0;
  /** True when the span has an attribute that only HTTP spans have. */
  isHttp = false;
  /** How many attributes name a part of a URL. */
  urlParts = 0;
  /** True when an attribute may say something of a call to AWS. */
  isCall = false;
  /** True when an attribute's key has a prefix that may make it meet other metadata. */
  hasPrefixed = false;
  /** By place in the list: 1 when a block shows the attribute. */
  shown = new Uint8Array(64);
  readonly value = new AnyValueView();
  /** By slot: place in the list plus 1. */
  private places: Int32Array = new Int32Array(SLOT_COUNT);
  private readonly ownPlaces = this.places;
  /** By sequence of keys: what `load` finds out of them. */
  private plans: (SlotPlan | undefined)[] = [];
  private planTree: KeySequenceTree | undefined;
  private readonly slots = new KeySideTable<Slot>((key: AttributeKey) => slotOf(key.text));

  constructor(span: SpanView) {
    this.cursor = span.cursor;
    this.list = span.attributes;
  }

  load(list: AttributeList): void {
    this.list = list;
    const { count, sequence } = list;
    if (count > this.shown.length) this.shown = new Uint8Array(count * 2);
    else this.shown.fill(0, 0, count);
    if (sequence.id < 0) {
      this.places = this.ownPlaces;
      this.readKeys(list);
      return;
    }
    if (this.planTree !== sequence.tree) {
      this.planTree = sequence.tree;
      this.plans = [];
    }
    const plan = this.plans[sequence.id] ?? this.plan(list);
    this.places = plan.places;
    this.isHttp = plan.isHttp;
    this.urlParts = plan.urlParts;
    this.isCall = plan.isCall;
    this.hasPrefixed = plan.hasPrefixed;
  }

  private plan(list: AttributeList): SlotPlan {
    this.places = new Int32Array(SLOT_COUNT);
    this.readKeys(list);
    const { places, isHttp, urlParts, isCall, hasPrefixed } = this;
    const plan = { places, isHttp, urlParts, isCall, hasPrefixed };
    while (this.plans.length <= list.sequence.id) this.plans.push(undefined);
    this.plans[list.sequence.id] = plan;
    return plan;
  }

  private readKeys(list: AttributeList): void {
    this.places.fill(0);
    this.isHttp = false;
    this.urlParts = 0;
    this.isCall = false;
    this.hasPrefixed = false;
    for (let i = 0; i < list.count; i++) {
      const slot = this.slots.of(list.keys[i] as AttributeKey);
      if (slot === 0) continue;
      this.places[slot] = i + 1;
      if (slot <= LAST_HTTP_SLOT) this.isHttp = true;
      if (slot >= FIRST_URL_SLOT && slot <= LAST_URL_SLOT) this.urlParts++;
      else if (slot >= FIRST_CALL_SLOT && slot <= LAST_CALL_SLOT) this.isCall = true;
      else if (slot >= SLOT.xrayMetadata) this.hasPrefixed = true;
    }
  }

  /** Place in the list, or -1. */
  place(slot: Slot): number {
    return (this.places[slot] as number) - 1;
  }

  has(slot: Slot): boolean {
    return this.places[slot] !== 0;
  }

  /** Makes the attribute unknown to the rules and keeps it out of annotations and metadata. */
  hide(slot: Slot): void {
    this.show(slot);
    if (this.places !== this.ownPlaces) {
      this.ownPlaces.set(this.places);
      this.places = this.ownPlaces;
    }
    this.places[slot] = 0;
  }

  show(slot: Slot): void {
    const place = (this.places[slot] as number) - 1;
    if (place >= 0) this.shown[place] = 1;
  }

  /** Reads the value into `value`. @returns false when the span does not have the attribute */
  read(slot: Slot): boolean {
    const place = (this.places[slot] as number) - 1;
    if (place < 0) return false;
    this.value.read(this.cursor, this.list.starts[place] as number, this.list.ends[place] as number);
    return true;
  }

  /** Finds the text of a string that is not empty: `start`…`end`. */
  string(slot: Slot): boolean {
    return this.anyString(slot) && this.end > this.start;
  }

  /** Finds the text of a string, which may be empty. */
  anyString(slot: Slot): boolean {
    const place = (this.places[slot] as number) - 1;
    if (place < 0) return false;
    const bytes = this.cursor.bytes;
    const from = this.list.starts[place] as number;
    const to = this.list.ends[place] as number;
    // Nearly every string is one field with a length of one or two bytes.
    if (to - from >= 2 && bytes[from] === 0x0a) {
      const first = bytes[from + 1] as number;
      const isLong = first > 127;
      const second = isLong && to - from >= 3 ? (bytes[from + 2] as number) : 0;
      const length = isLong ? (first & 127) | (second << 7) : first;
      const textStart = from + (isLong ? 3 : 2);
      if (second < 128 && textStart + length === to) {
        this.start = textStart;
        this.end = to;
        return true;
      }
    }
    this.value.read(this.cursor, from, to);
    if (this.value.kind !== VALUE.string) return false;
    this.start = this.value.start;
    this.end = this.value.end;
    return true;
  }

  /** Of two names of the same thing the one that comes later with a text; SLOT.none when neither has one. */
  later(first: Slot, second: Slot): Slot {
    const a = this.places[first] !== 0 && this.string(first) ? this.place(first) : -1;
    const b = this.places[second] !== 0 && this.string(second) ? this.place(second) : -1;
    if (a > b) return first;
    return b >= 0 ? second : 0;
  }

  /** A string that is not empty, made; for rare ways. */
  text(slot: Slot): string | undefined {
    return this.string(slot) ? this.cursor.text(this.start, this.end) : undefined;
  }

  /** A plain value as text; for rare ways. */
  plain(slot: Slot): string | undefined {
    const place = this.place(slot);
    if (place < 0) return undefined;
    return plainText(this.cursor, this.list.starts[place] as number, this.list.ends[place] as number);
  }

  /** True when the value is this ASCII text. */
  equals(slot: Slot, ascii: string): boolean {
    return this.string(slot) && this.cursor.equals(this.start, this.end, ascii);
  }

  /**
   * An integer in any of the forms that SDKs use: int, whole double, digits in a string. Its halves stay in
   * `value.lo` and `value.hi` when it is an int.
   * @returns NOT_WHOLE when absent or something else
   */
  wholeNumber(slot: Slot): number {
    const place = (this.places[slot] as number) - 1;
    if (place < 0) return NOT_WHOLE;
    const start = this.list.starts[place] as number;
    const end = this.list.ends[place] as number;
    const value = this.value;
    if (this.cursor.bytes[start] === ANY_VALUE_INT) {
      const short = shortVarint(this.cursor.bytes, start + 1, end);
      if (short >= 0) {
        value.kind = VALUE.int;
        value.lo = short;
        value.hi = 0;
        return short;
      }
    }
    value.read(this.cursor, start, end);
    switch (value.kind) {
      case VALUE.int:
        return value.intNumber();
      case VALUE.double:
        return Number.isSafeInteger(value.double) ? value.double : NOT_WHOLE;
      case VALUE.string: {
        if (value.end - value.start > 16) return NOT_WHOLE;
        const text = this.cursor.text(value.start, value.end);
        return /^-?\d{1,15}$/.test(text) ? Number(text) : NOT_WHOLE;
      }
      default:
        return NOT_WHOLE;
    }
  }

  /** A whole number with all its digits; undefined when the value is none. */
  wholeText(slot: Slot): string | undefined {
    const number = this.wholeNumber(slot);
    if (Number.isNaN(number)) return undefined;
    const { value } = this;
    return value.kind === VALUE.int && value.hi !== 0 ? value.intBigInt().toString() : String(number);
  }

  /**
   * The keys in `aws.xray.annotations`, when that is a list; the attribute itself then is no attribute like others.
   * @returns an empty set for spans without it
   */
  listOfKeys(): ReadonlySet<string> {
    if (this.places[SLOT.xrayAnnotations] === 0) return NO_KEYS;
    this.read(SLOT.xrayAnnotations);
    const { cursor, value } = this;
    if (value.kind !== VALUE.array) return NO_KEYS;
    this.show(SLOT.xrayAnnotations);
    return new Set(textList(cursor, value.start, value.end, MAX_LISTED_KEYS));
  }

  /** True when both ranges hold the same bytes. */
  sameBytes(aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
    if (aEnd - aStart !== bEnd - bStart) return false;
    const bytes = this.cursor.bytes;
    for (let i = aStart, j = bStart; i < aEnd; i++, j++) if (bytes[i] !== bytes[j]) return false;
    return true;
  }
}
