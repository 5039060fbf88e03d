// One JSON scalar in, one protobuf scalar out, by the kind that the schema names.
import { MalformedError } from '../../model/errors.ts';
import { ANY_VALUE_DOUBLE, ANY_VALUE_INT } from '../otlp-fields.ts';
import { QUOTE } from './scanner.ts';
import type { Field } from './schema.ts';
import * as schema from './schema.ts';
import { TextWriter } from './text-writer.ts';

const LETTER_F = 0x66;
const LETTER_T = 0x74;
const UINT32_MAX = 2 ** 32 - 1;
const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

export class ScalarWriter extends TextWriter {
  /** `intValue`s that were no 64-bit integers and became doubles. */
  protected wideIntegers = 0;
  /** Enums given by name. */
  protected enumNames = 0;

  protected scalar(field: Field): void {
    switch (field.kind) {
      case schema.ID:
        this.id();
        return;
      case schema.FIXED64:
        this.uint64();
        this.fixed64();
        return;
      case schema.DOUBLE:
        this.float64(this.double());
        return;
      case schema.BOOL:
        this.bool();
        return;
      case schema.UINT64:
        this.uint64();
        this.varint64();
        return;
      case schema.SFIXED64:
        if (!this.int64()) throw this.unexpected('a 64-bit integer');
        this.fixed64();
        return;
      case schema.UINT32:
        this.varint(this.smallInteger(0, UINT32_MAX));
        return;
      case schema.FIXED32:
        this.fixed32(this.smallInteger(0, UINT32_MAX));
        return;
      case schema.SINT32: {
        const value = this.smallInteger(INT32_MIN, INT32_MAX);
        this.varint(((value << 1) ^ (value >> 31)) >>> 0);
        return;
      }
      case schema.ENUM:
        this.enumeration(field.names as readonly string[]);
        return;
      case schema.BYTES:
        this.base64();
        return;
      case schema.STRING:
      case schema.ANY_INT:
      case schema.MESSAGE:
        throw new TypeError(`${field.name} is not a plain scalar`);
    }
  }

  /** AnyValue.intValue; an integer beyond 64 bits is kept as the double that it came from. */
  protected anyInteger(): void {
    const start = this.pos;
    if (this.int64()) {
      this.varint(ANY_VALUE_INT);
      this.varint64();
      return;
    }
    const value = this.double();
    if (!Number.isFinite(value)) throw new MalformedError('expected an integer', start);
    this.wideIntegers += 1;
    this.varint(ANY_VALUE_DOUBLE);
    this.float64(value);
  }

  protected bool(): void {
    const byte = this.bytes[this.pos];
    if (byte === LETTER_T) this.literal('true');
    else if (byte === LETTER_F) this.literal('false');
    else throw this.unexpected('true or false');
    this.out[this.at++] = byte === LETTER_T ? 1 : 0;
  }

  protected enumeration(names: readonly string[]): void {
    const first = this.bytes[this.pos + 1] as number;
    if (this.bytes[this.pos] === QUOTE && first >= 0x41 && first <= 0x5a) {
      this.enumNames += 1;
      this.varint(Math.max(0, names.indexOf(this.stringText())));
      return;
    }
    const value = this.smallInteger(INT32_MIN, INT32_MAX);
    // Negative numbers take ten bytes in protobuf.
    this.lo = value >>> 0;
    this.hi = value < 0 ? UINT32_MAX : 0;
    this.varint64();
  }
}
