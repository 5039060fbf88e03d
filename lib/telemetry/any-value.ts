// One attribute value, read in place: OTLP's AnyValue.
import { MalformedError } from '../model/errors.ts';
import type { WireCursor } from '../wire/cursor.ts';
import {
  ANY_VALUE_ARRAY,
  ANY_VALUE_BOOL,
  ANY_VALUE_BYTES,
  ANY_VALUE_DOUBLE,
  ANY_VALUE_INT,
  ANY_VALUE_KVLIST,
  ANY_VALUE_STRING,
} from '../wire/otlp-fields.ts';
import { MAX_VALUE_DEPTH } from '../wire/value-depth.ts';

/** What an AnyValue holds; `empty` is OTLP's null. */
export const VALUE = {
  empty: 0,
  string: 1,
  bool: 2,
  int: 3,
  double: 4,
  array: 5,
  map: 6,
  bytes: 7,
} as const;

export type ValueKind = (typeof VALUE)[keyof typeof VALUE];

export { MAX_VALUE_DEPTH };

/** Kinds whose payload is a range, by tag. */
const RANGE_KINDS: (ValueKind | undefined)[] = new Array(256).fill(undefined);
RANGE_KINDS[ANY_VALUE_STRING] = VALUE.string;
RANGE_KINDS[ANY_VALUE_ARRAY] = VALUE.array;
RANGE_KINDS[ANY_VALUE_KVLIST] = VALUE.map;
RANGE_KINDS[ANY_VALUE_BYTES] = VALUE.bytes;

/** A reusable window over one AnyValue. Where a message names several values, the last one counts, as in protobuf. */
export class AnyValueView {
  kind: ValueKind = VALUE.empty;
  /** Payload of a string, bytes, array (ArrayValue) or map (KeyValueList). */
  start = 0;
  end = 0;
  /** Halves of an int, two's complement, unsigned. */
  lo = 0;
  hi = 0;
  double = 0;
  bool = false;

  /** Reads the AnyValue message at `start`…`end`; moves the cursor. @throws MalformedError */
  read(cursor: WireCursor, start: number, end: number): void {
    this.kind = VALUE.empty;
    if (start === end || this.readOneField(cursor, start, end)) return;
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case ANY_VALUE_STRING:
          this.range(VALUE.string, cursor, end);
          break;
        case ANY_VALUE_BOOL:
          cursor.varint64();
          this.kind = VALUE.bool;
          this.bool = (cursor.lo | cursor.hi) !== 0;
          break;
        case ANY_VALUE_INT:
          cursor.varint64();
          this.kind = VALUE.int;
          this.lo = cursor.lo;
          this.hi = cursor.hi;
          break;
        case ANY_VALUE_DOUBLE:
          this.double = cursor.data.getFloat64(cursor.fixed(8, end), true);
          this.kind = VALUE.double;
          break;
        case ANY_VALUE_ARRAY:
          this.range(VALUE.array, cursor, end);
          break;
        case ANY_VALUE_KVLIST:
          this.range(VALUE.map, cursor, end);
          break;
        case ANY_VALUE_BYTES:
          this.range(VALUE.bytes, cursor, end);
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    if (cursor.pos !== end) throw new MalformedError('value runs past its end', end);
  }

  /** Nearly every value is one field, shorter than 16 KB. @returns false, with nothing read, when it is not */
  private readOneField(cursor: WireCursor, start: number, end: number): boolean {
    const { bytes } = cursor;
    const tag = bytes[start] as number;
    const first = bytes[start + 1] as number;
    if (tag === ANY_VALUE_DOUBLE) {
      if (start + 9 !== end) return false;
      this.double = cursor.data.getFloat64(start + 1, true);
      this.kind = VALUE.double;
      return this.moveTo(cursor, end);
    }
    const second = first < 128 ? 0 : (bytes[start + 2] as number);
    const from = start + (first < 128 ? 2 : 3);
    if (second > 127 || from > end) return false;
    const number = (first & 127) | (second << 7);
    if (tag === ANY_VALUE_INT || tag === ANY_VALUE_BOOL) {
      if (from !== end) return false;
      this.kind = tag === ANY_VALUE_INT ? VALUE.int : VALUE.bool;
      this.bool = number !== 0;
      this.lo = number;
      this.hi = 0;
      return this.moveTo(cursor, end);
    }
    const kind = RANGE_KINDS[tag];
    if (kind === undefined || from + number !== end) return false;
    this.kind = kind;
    this.start = from;
    this.end = end;
    return this.moveTo(cursor, end);
  }

  private moveTo(cursor: WireCursor, end: number): true {
    cursor.pos = end;
    return true;
  }

  /** The int as a double; exact up to ±2^53. */
  intNumber(): number {
    return (this.hi | 0) * 4294967296 + this.lo;
  }

  /** The int with all digits. */
  intBigInt(): bigint {
    return BigInt.asIntN(64, (BigInt(this.hi) << 32n) | BigInt(this.lo));
  }

  private range(kind: ValueKind, cursor: WireCursor, end: number): void {
    this.end = cursor.endOfField(end);
    this.start = cursor.pos;
    this.kind = kind;
    cursor.pos = this.end;
  }
}

const scratch = new AnyValueView();

/** Text of a string value, or undefined when the value is of another kind. */
export function stringValue(cursor: WireCursor, start: number, end: number): string | undefined {
  scratch.read(cursor, start, end);
  return scratch.kind === VALUE.string ? cursor.text(scratch.start, scratch.end) : undefined;
}

/** A plain value (string, bool, int, double) as text, the way a person would write it; undefined for others. */
export function plainText(cursor: WireCursor, start: number, end: number): string | undefined {
  scratch.read(cursor, start, end);
  switch (scratch.kind) {
    case VALUE.string:
      return cursor.text(scratch.start, scratch.end);
    case VALUE.bool:
      return String(scratch.bool);
    case VALUE.int:
      return scratch.hi === 0 ? String(scratch.lo) : scratch.intBigInt().toString();
    case VALUE.double:
      return String(scratch.double);
    default:
      return undefined;
  }
}
