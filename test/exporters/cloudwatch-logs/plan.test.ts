// Calls hold CloudWatch's limits for any events, and a request's plan does not depend on what else is sent.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventIndex } from '../../../lib/exporters/cloudwatch-logs/event-index.ts';
import { acceptable, join, mergeChunks, planChunks } from '../../../lib/exporters/cloudwatch-logs/plan.ts';

const DAY_MS = 86_400_000;
const STREAMS = [
  { group: '/b', stream: 'one' },
  { group: '/a', stream: 'two' },
  { group: '/a', stream: 'one' },
];

interface Event {
  readonly time: number;
  readonly bytes: number;
  readonly stream: number;
}

const event = fc.record({
  time: fc.oneof(fc.nat(1000), fc.nat(3 * DAY_MS)),
  bytes: fc.oneof(fc.integer({ min: 40, max: 2_000 }), fc.integer({ min: 40, max: 1_048_576 })),
  stream: fc.nat(2),
});

function indexOf(list: readonly Event[]): EventIndex {
  const index = new EventIndex();
  let at = 0;
  for (const { time, bytes, stream } of list) {
    index.add(time, at, at + bytes - 1, stream, -1);
    at += bytes;
  }
  return index;
}

describe('chunks', () => {
  test('hold every event once, one stream each, sorted, within the limits, streams by name', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (list) => {
        const index = indexOf(list);
        const chunks = planChunks(index, STREAMS, 0, list.length);
        expect(chunks.flatMap((chunk) => [...chunk.events]).sort((a, b) => a - b)).toEqual(
          list.map((_, i) => i),
        );
        for (const chunk of chunks) {
          const members = [...chunk.events].map((i) => ({ ...list[i]!, i }));
          expect(new Set(members.map(({ stream }) => stream))).toEqual(new Set([chunk.stream]));
          expect(members).toEqual(members.toSorted((a, b) => a.time - b.time || a.i - b.i));
          expect(members.at(-1)!.time - members[0]!.time).toBeLessThanOrEqual(DAY_MS);
          const bytes = members.reduce((sum, member) => sum + member.bytes, 0);
          expect(chunk.bytes).toBe(bytes);
          if (members.length > 1) expect(bytes).toBeLessThanOrEqual(1_048_576);
        }
        const names = chunks.map(({ stream }) => `${STREAMS[stream]!.group} ${STREAMS[stream]!.stream}`);
        expect(names).toEqual(names.toSorted());
      }),
    );
  });

  test('hold at most 10,000 events', () => {
    const list = Array.from({ length: 25_000 }, (_, time) => ({ time, bytes: 40, stream: 0 }));
    const chunks = planChunks(indexOf(list), STREAMS, 0, list.length);
    expect(chunks.map((chunk) => chunk.events.length)).toEqual([10_000, 10_000, 5_000]);
  });

  test('of a request are the same when other requests lie around it', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 20 }),
        fc.array(event, { minLength: 1, maxLength: 20 }),
        (other, own) => {
          const alone = planChunks(indexOf(own), STREAMS, 0, own.length);
          const among = planChunks(
            indexOf([...other, ...own, ...other]),
            STREAMS,
            other.length,
            other.length + own.length,
          );
          const shifted = among.map((chunk) => [...chunk.events].map((i) => i - other.length));
          expect(shifted).toEqual(alone.map((chunk) => [...chunk.events]));
        },
      ),
    );
  });
});

test('merged chunks are sorted by time, and equal times keep their order', () => {
  const list = [5, 7, 7, 1, 7, 9].map((time) => ({ time, bytes: 40, stream: 0 }));
  const index = indexOf(list);
  const merged = mergeChunks(index, [
    planChunks(index, STREAMS, 0, 3)[0]!,
    planChunks(index, STREAMS, 3, 6)[0]!,
  ]);
  expect([...merged]).toEqual([3, 0, 1, 2, 4, 5]);
});

test.each([
  [
    'bytes',
    { bytes: 1_048_000, count: 1, firstMs: 0, lastMs: 0 },
    { bytes: 577, count: 1, firstMs: 0, lastMs: 0 },
  ],
  [
    'events',
    { bytes: 1, count: 9_999, firstMs: 0, lastMs: 0 },
    { bytes: 1, count: 2, firstMs: 0, lastMs: 0 },
  ],
  [
    'span',
    { bytes: 1, count: 1, firstMs: 0, lastMs: 5 },
    { bytes: 1, count: 1, firstMs: 6, lastMs: DAY_MS + 1 },
  ],
])('two chunks share no call when together they have too much of %s', (_, a, b) => {
  expect(join(a, b)).toBeUndefined();
  expect(join(a, { ...b, bytes: 1, count: 1, lastMs: b.firstMs })).toBeDefined();
});

test('events too old or too new for CloudWatch are left out at both ends', () => {
  const index = indexOf([1, 2, 3, 4, 5].map((time) => ({ time, bytes: 40, stream: 0 })));
  const { events, tooOld, tooNew } = acceptable(index, Int32Array.from([0, 1, 2, 3, 4]), 3, 4);
  expect([[...events], tooOld, tooNew]).toEqual([[2, 3], 2, 1]);
  expect(acceptable(index, Int32Array.from([0, 1]), 10, 20)).toMatchObject({ tooOld: 2, tooNew: 0 });
});
