// Reads protobuf in place: the lowest layer of the telemetry line. Every length is checked, nothing is copied.
import { MalformedError } from '../model/errors.ts';

/** Wire types of protobuf, https://protobuf.dev/programming-guides/encoding. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** A varint has at most 10 bytes. */
const MAX_VARINT_BYTES = 10;

/** Groups inside groups that are skipped; deeper is refused. */
const MAX_GROUP_DEPTH = 32;

const TWO_32 = 4294967296;

/**
 * A position in one message. Scalars may be read past the end of the message they belong to as long as they stay in
 * the buffer; whoever loops `while (cursor.pos < end)` calls `endOf(end)` after the loop, which finds that.
 */
export class WireCursor {
  bytes: Buffer = Buffer.alloc(0);
  data: DataView = new DataView(new ArrayBuffer(0));
  pos = 0;
  /** Low and high half (unsigned) of the last 64-bit varint read by `varint64`. */
  lo = 0;
  hi = 0;

  /** Starts over at the first byte of `bytes`. */
  reset(bytes: Buffer): void {
    this.bytes = bytes;
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.pos = 0;
  }

  /** @returns the next field tag: field number × 8 + wire type @throws MalformedError for field number 0 */
  tag(): number {
    const tag = this.varint();
    if (tag < 8 || tag >= TWO_32) throw new MalformedError(`invalid field tag ${tag}`, this.pos);
    return tag;
  }

  /** @returns the varint as a number, exact up to 2^53 @throws MalformedError when it does not end */
  varint(): number {
    const { bytes, pos } = this;
    const byte = bytes[pos];
    if (byte !== undefined && byte < 128) {
      this.pos = pos + 1;
      return byte;
    }
    // Two bytes: the length of nearly every item.
    const next = bytes[pos + 1];
    if (next !== undefined && next < 128) {
      this.pos = pos + 2;
      return ((byte as number) & 127) | (next << 7);
    }
    this.varint64();
    return this.hi * TWO_32 + this.lo;
  }

  /** Reads a varint into `lo` and `hi`, all 64 bits exact. */
  varint64(): void {
    const bytes = this.bytes;
    const start = this.pos;
    let pos = start;
    let lo = 0;
    let hi = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[pos];
      if (byte === undefined) throw new MalformedError('number runs past the end', start);
      pos += 1;
      const part = byte & 127;
      if (shift < 28) lo |= part << shift;
      else if (shift === 28) {
        lo |= part << 28;
        hi |= part >>> 4;
      } else if (shift < 63) hi |= part << (shift - 32);
      else hi |= (part & 1) << 31;
      if (byte < 128) break;
      if (pos - start >= MAX_VARINT_BYTES) throw new MalformedError('number longer than 10 bytes', start);
    }
    this.pos = pos;
    this.lo = lo >>> 0;
    this.hi = hi >>> 0;
  }

  /** Zigzag-coded 32-bit number (sint32). */
  sint32(): number {
    this.varint64();
    return (this.lo >>> 1) ^ -(this.lo & 1);
  }

  /**
   * Reads the length of a length-delimited field.
   * @param end where the message around it ends
   * @returns where the field ends; `pos` is at its first byte
   * @throws MalformedError when it would run past `end`
   */
  endOfField(end: number): number {
    const length = this.varint();
    const fieldEnd = this.pos + length;
    if (fieldEnd > end) throw new MalformedError(`length ${length} runs past the end`, this.pos);
    return fieldEnd;
  }

  /** Steps over a fixed field. @returns its offset @throws MalformedError when it runs past `end` */
  fixed(size: 4 | 8, end: number): number {
    const at = this.pos;
    if (at + size > end) throw new MalformedError('fixed number runs past the end', at);
    this.pos = at + size;
    return at;
  }

  /** Steps over the value of a field whose tag was just read. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.varint64();
        return;
      case WIRE.fixed64:
        this.fixed(8, end);
        return;
      case WIRE.bytes:
        this.pos = this.endOfField(end);
        return;
      case WIRE.groupStart:
        this.skipGroup(tag, end, 0);
        return;
      case WIRE.fixed32:
        this.fixed(4, end);
        return;
      default:
        throw new MalformedError(`wire type ${tag & 7} is not valid here`, this.pos);
    }
  }

  /** Groups are long gone from OTLP, but an unknown field may be one. */
  private skipGroup(tag: number, end: number, depth: number): void {
    if (depth > MAX_GROUP_DEPTH) throw new MalformedError('groups nested too deep', this.pos);
    const closing = tag - WIRE.groupStart + WIRE.groupEnd;
    while (this.pos < end) {
      const inner = this.tag();
      if (inner === closing) return;
      if ((inner & 7) === WIRE.groupStart) this.skipGroup(inner, end, depth + 1);
      else this.skip(inner, end);
    }
    throw new MalformedError('group does not end', this.pos);
  }

  /** To be called after a loop over the fields of a message: a last scalar must not have crossed its end. */
  endOf(end: number): void {
    if (this.pos !== end) throw new MalformedError('field runs past the end of its message', end);
  }

  /** Text of a range; bytes that are not UTF-8 become U+FFFD. */
  text(start: number, end: number): string {
    return start === end ? '' : this.bytes.toString('utf8', start, end);
  }

  /** True when the range holds exactly these ASCII characters. */
  equals(start: number, end: number, ascii: string): boolean {
    if (end - start !== ascii.length) return false;
    const bytes = this.bytes;
    for (let i = 0; i < ascii.length; i++) if (bytes[start + i] !== ascii.charCodeAt(i)) return false;
    return true;
  }
}
