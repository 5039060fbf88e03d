// The progress text alone: it is read back as it was written, and bounded.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentList } from '../../../lib/exporters/xray/document-list.ts';
import { addTaken, formatProgress, noteTaken, parseProgress } from '../../../lib/exporters/xray/progress.ts';

const FOREIGN = 0xffff_0000;

/** @param foreign documents of another request that lie before it @param firstId of the request's documents */
function listOf(count: number, foreign = 0, firstId = 0): DocumentList {
  const list = new DocumentList();
  for (let i = 0; i < foreign + count; i++) {
    list.open();
    const start = list.json.length;
    const id = (i < foreign ? FOREIGN + i : firstId + i - foreign).toString(16).padStart(16, '0');
    list.json.raw(list.json.token(`{"trace_id":"1-01234567-012345678901234567890123","id":"${id}"}`));
    list.close(start);
  }
  return list;
}

/** What a next delivery knows of the documents `first` on. */
function readBack(text: string, list: DocumentList, first: number): number[] {
  const into = new Set<number>();
  const { taken } = parseProgress(text);
  if (taken !== undefined) addTaken(taken, list, first, list.count, into);
  return [...into];
}

test('what was taken is read back, wherever the documents lie in the list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 300 }),
      fc.nat(60),
      fc.nat(60),
      (isTaken, before, later) => {
        const note = noteTaken(listOf(isTaken.length), 0, isTaken.length, (document) => isTaken[document]!);
        const wanted = isTaken.flatMap((taken, i) => (taken ? [later + i] : []));
        if (note === undefined) expect(wanted).toEqual([]);
        else {
          const text = formatProgress({ spans: before, taken: note });
          expect(parseProgress(text).spans).toBe(before);
          expect(readBack(text, listOf(isTaken.length, later), later)).toEqual(wanted);
          expect(readBack(text, listOf(isTaken.length, later, 1), later)).toEqual([]);
        }
      },
    ),
  );
});

test.each([1, 5_600, 5_601, 60_000])(
  'a note of %i documents fits into a kilobyte and claims none too many',
  (count) => {
    const list = listOf(count);
    const isTaken = (document: number) => document % 50 < 40;
    const text = formatProgress({ spans: 999_999_999, taken: noteTaken(list, 0, count, isTaken)! });
    expect(text.length).toBeLessThanOrEqual(1_024);
    const known = readBack(text, list, 0);
    expect(known.filter((document) => !isTaken(document))).toEqual([]);
    expect(known.length).toBeGreaterThanOrEqual(Math.min(1, count * 0.5));
  },
);

test.each([undefined, '', 'done', 'spans=', 'spans=1;docs=2', 'spans=x', 'spans=1;docs=2;ids=zz;sent='])(
  '%j is the very start',
  (text) => expect(parseProgress(text)).toEqual({ spans: 0, taken: undefined }),
);

test('spans alone are the note of a pass', () => {
  expect(parseProgress('spans=300')).toEqual({ spans: 300, taken: undefined });
  expect(formatProgress({ spans: 300, taken: undefined })).toBe('spans=300');
});

test('a note that is shorter than it says claims nothing beyond', () => {
  const list = listOf(100);
  const text = formatProgress({ spans: 0, taken: noteTaken(list, 0, 100, () => true)! });
  expect(readBack(text.replace(/sent=.*/, 'sent=_w'), list, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
