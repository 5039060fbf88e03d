// The list of documents and the rate limiter, each alone.
import { describe, expect, test } from 'vitest';
import { DocumentList } from '../../../lib/exporters/xray/document-list.ts';
import { RateLimiter } from '../../../lib/exporters/xray/rate-limiter.ts';

const hex = (i: number) => i.toString(16).padStart(16, '0');
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

function add(list: DocumentList, i: number): void {
  list.open();
  const start = list.json.length;
  const text = `{"trace_id":"1-01234567-012345678901234567890123","id":"${hex(i)}","name":"a\\"b"}`;
  list.json.raw(list.json.token(text));
  list.close(start);
}

function listOf(count: number): DocumentList {
  const list = new DocumentList();
  for (let i = 0; i < count; i++) add(list, i);
  return list;
}

/** Ids of the documents in a body. */
function idsIn(body: Buffer): string[] {
  const { TraceSegmentDocuments } = JSON.parse(body.toString()) as { TraceSegmentDocuments: string[] };
  return TraceSegmentDocuments.map((document) => (JSON.parse(document) as { id: string }).id);
}

/** Places of the documents in calls of 50. */
function calls(count: number): number[][] {
  return range(0, Math.ceil(count / 50)).map((i) => range(i * 50, Math.min(i * 50 + 50, count)));
}

describe('document list', () => {
  test.each([1, 49, 50, 51, 100, 2_345])('lays %i documents out as bodies', (count) => {
    const list = listOf(count);
    for (const documents of calls(count)) expect(idsIn(list.body(documents))).toEqual(documents.map(hex));
    expect(list.id(count - 1)).toBe(hex(count - 1));
  });

  test('gives whole bodies without copying, again and again', () => {
    const list = listOf(70);
    expect(list.body(range(0, 50)).buffer).toBe(list.json.bytes.buffer);
    expect(list.body(range(50, 70)).buffer).toBe(list.json.bytes.buffer);
    expect(idsIn(list.body(range(50, 70)))).toEqual(range(50, 70).map(hex));
    expect(idsIn(list.body(range(50, 70)))).toEqual(range(50, 70).map(hex));
  });

  test.each([[[3]], [[0, 2]], [[48, 49, 50]], [[10, 20, 69]], [range(1, 50)]])(
    'picks documents %j',
    (documents) => {
      expect(idsIn(listOf(70).body(documents))).toEqual(documents.map(hex));
    },
  );

  test.each([0, 1, 49, 50, 51, 100])('cut back to %i goes on as if nothing had been', (kept) => {
    const list = listOf(kept);
    const mark = list.mark();
    for (let i = 0; i < 60; i++) add(list, 1_000 + i);
    list.cutBack(mark);
    for (let i = kept; i < 120; i++) add(list, i);
    for (const documents of calls(120)) expect(idsIn(list.body(documents))).toEqual(documents.map(hex));
  });

  test('cleared is empty', () => {
    const list = listOf(70);
    list.clear();
    expect([list.count, list.bytes]).toEqual([0, 0]);
    add(list, 5);
    expect(idsIn(list.body([0]))).toEqual([hex(5)]);
  });
});

describe('rate limiter', () => {
  test('lets a second of quota through at once, then tells how long to wait', () => {
    const limiter = new RateLimiter(100);
    expect(limiter.take(100, 1_000)).toBe(0);
    expect(limiter.take(50, 1_000)).toBe(500);
    expect(limiter.take(50, 1_000)).toBe(1_000);
    expect(limiter.take(50, 2_000)).toBe(500);
  });

  test('saves up no more than a second', () => {
    const limiter = new RateLimiter(100);
    limiter.take(0, 0);
    expect(limiter.take(150, 3_600_000)).toBe(500);
  });

  test('takes back what was not used, and a clock that goes back for one that stands', () => {
    const limiter = new RateLimiter(100);
    limiter.take(100, 1_000);
    limiter.giveBack(100);
    expect(limiter.take(100, 500)).toBe(0);
    expect(limiter.take(10, 500)).toBe(100);
  });
});
