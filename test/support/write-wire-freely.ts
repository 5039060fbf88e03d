// Writes a protobuf message in one of the many forms that mean the same: what every reader must take.
import protobuf from 'protobufjs';
import { Seeded } from '../../bench/payloads/seeded.ts';

interface WireField {
  readonly number: number;
  readonly wireType: number;
  readonly value: Buffer;
}

/**
 * The same message with its fields in another order (that of one field's values stays), unknown fields of every wire
 * type in between, lengths with unneeded bytes, and packed numbers unpacked or split in two runs.
 */
export function writeWireFreely(type: protobuf.Type, message: Buffer, seed: number): Buffer {
  return rewrite(type, message, new Seeded(seed));
}

function rewrite(type: protobuf.Type, message: Buffer, random: Seeded): Buffer {
  const fields = readFields(message).flatMap((field) => {
    const known = type.fieldsById[field.number]?.resolve();
    if (known?.resolvedType instanceof protobuf.Type) {
      return [{ ...field, value: rewrite(known.resolvedType, field.value, random) }];
    }
    return known?.repeated && known.type !== 'string' ? unpack(known, field, random) : [field];
  });
  // Interleaving the fields of different numbers keeps the order of each one's values.
  const queues = [...Map.groupBy(fields, (field) => field.number).values()];
  if (random.chance(0.4)) queues.push(UNKNOWN.slice(random.below(UNKNOWN.length)));
  const parts: Buffer[] = [];
  const ordered = random.chance(0.5);
  for (
    let left = queues.filter((queue) => queue.length > 0);
    left.length > 0;
    left = left.filter((q) => q.length > 0)
  ) {
    parts.push(write((ordered ? left[0]! : random.pick(left)).shift()!, random));
  }
  return Buffer.concat(parts);
}

const UNKNOWN: readonly WireField[] = [
  {
    number: 100,
    wireType: 0,
    value: Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  },
  { number: 15_000, wireType: 1, value: Buffer.alloc(8, 0x0a) },
  { number: 500_000_000, wireType: 2, value: Buffer.from('\n\u0012\u007funknown') },
  { number: 101, wireType: 5, value: Buffer.from([1, 2, 3, 4]) },
  { number: 102, wireType: 3, value: Buffer.from([0x0a, 0x01, 0x00]) },
  { number: 103, wireType: 2, value: Buffer.alloc(0) },
];

function unpack(known: protobuf.Field, field: WireField, random: Seeded): WireField[] {
  const wireType = protobuf.types.basic[known.type as keyof typeof protobuf.types.basic] as number;
  if (field.wireType !== 2) return [field];
  const numbers: Buffer[] = [];
  for (let at = 0; at < field.value.length; ) {
    const end = wireType === 1 ? at + 8 : endOfVarint(field.value, at);
    numbers.push(field.value.subarray(at, end));
    at = end;
  }
  if (random.chance(0.5)) return numbers.map((value) => ({ number: field.number, wireType, value }));
  const half = random.below(numbers.length + 1);
  return [numbers.slice(0, half), numbers.slice(half)].map((run) => ({
    ...field,
    value: Buffer.concat(run),
  }));
}

function readFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    let start = reader.pos;
    if ((tag & 7) === 2) {
      const length = reader.uint32();
      start = reader.pos;
      reader.skip(length);
    } else reader.skipType(tag & 7);
    fields.push({ number: tag >>> 3, wireType: tag & 7, value: message.subarray(start, reader.pos) });
  }
  return fields;
}

function write({ number, wireType, value }: WireField, random: Seeded): Buffer {
  const tag = varint(number * 8 + wireType, 0);
  if (wireType === 3) return Buffer.concat([tag, value, varint(number * 8 + 4, 0)]);
  if (wireType !== 2) return Buffer.concat([tag, value]);
  return Buffer.concat([tag, varint(value.length, random.chance(0.2) ? random.below(3) : 0), value]);
}

function endOfVarint(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at]! > 127) at += 1;
  return at + 1;
}

function varint(value: number, unneededBytes: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  for (let i = 0; i < unneededBytes; i++) {
    bytes[bytes.length - 1]! |= 128;
    bytes.push(0);
  }
  return Buffer.from(bytes);
}
