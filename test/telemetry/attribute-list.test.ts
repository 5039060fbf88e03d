// The bound of an attribute list: what is above it is counted, and holds no memory.
import { describe, expect, it } from 'vitest';
import { MAX_ATTRIBUTES } from '../../lib/telemetry/attribute-limit.ts';
import { AttributeList } from '../../lib/telemetry/attribute-list.ts';
import { KeyTable } from '../../lib/telemetry/key-table.ts';
import type { SpanView } from '../../lib/telemetry/span-view.ts';
import { TraceWalker } from '../../lib/telemetry/walk.ts';
import { WireCursor } from '../../lib/wire/cursor.ts';

/** KeyValue messages with a key each and no value. */
function filled(list: AttributeList, from: number, to: number): AttributeList {
  const keys = new KeyTable();
  const cursor = new WireCursor();
  for (let i = from; i < to; i++) {
    const key = Buffer.from(`key ${i}`);
    const message = Buffer.concat([Buffer.from([0x0a, key.length]), key]);
    cursor.reset(message);
    list.readKeyValue(cursor, message.length, keys);
    expect(cursor.pos).toBe(message.length);
  }
  return list;
}

describe('an attribute list', () => {
  it('keeps the first ones and counts the rest', () => {
    const list = filled(new AttributeList(), 0, MAX_ATTRIBUTES + 5);
    expect([list.count, list.excess]).toEqual([MAX_ATTRIBUTES, 5]);
    expect(list.keys[MAX_ATTRIBUTES - 1]!.text).toBe(`key ${MAX_ATTRIBUTES - 1}`);
  });

  it('starts anew when it is cleared, and gives back what a rare large one took', () => {
    const list = filled(new AttributeList(20_000), 0, 20_001);
    expect([list.count, list.excess]).toEqual([20_000, 1]);
    list.clear();
    expect([list.count, list.excess, list.keys.length, list.starts.length < 1000]).toEqual([0, 0, 0, true]);
    filled(list, 5, 70);
    expect([list.count, list.keys[64]!.text]).toEqual([65, 'key 69']);
  });
});

it('a span of a million attributes costs little memory, and says what is missing', () => {
  const keys = Array.from({ length: 1_000_000 }, (_, i) => Buffer.from(i.toString(36).padStart(6, '0')));
  const attributes = keys.map((key) => Buffer.concat([Buffer.from([0x4a, 8, 0x0a, 6]), key]));
  const span = Buffer.concat(attributes);
  const wrapped = (tag: number, inner: Buffer): Buffer => {
    const head: number[] = [tag];
    for (let length = inner.length; ; length = Math.floor(length / 128)) {
      head.push(length < 128 ? length : (length % 128) + 128);
      if (length < 128) break;
    }
    return Buffer.concat([Buffer.from(head), inner]);
  };
  const request = wrapped(0x0a, wrapped(0x12, wrapped(0x12, span)));
  const before = process.memoryUsage().heapUsed;
  let seen: readonly number[] = [];
  new TraceWalker().walk(request, [
    {
      resource() {},
      scope() {},
      span(view: SpanView) {
        const grown = process.memoryUsage().heapUsed - before;
        seen = [view.attributes.count, view.droppedAttributes, Math.floor(grown / 20e6)];
      },
    },
  ]);
  expect(seen).toEqual([MAX_ATTRIBUTES, 1_000_000 - MAX_ATTRIBUTES, 0]);
});
