// How far a request got with X-Ray: the text that progress rows keep. Which documents X-Ray has taken is only a saving,
// since sending one again changes nothing: what does not fit, or fits no longer, is left out.
import { createHash } from 'node:crypto';
import type { DocumentList } from './document-list.ts';

/** Bits that fit into the kilobyte a row's progress may have; with more documents a bit stands for several. */
const MAX_BITS = 5_600;
const BITS = 8;

/** Which of a pass's documents X-Ray has, as an earlier delivery noted it. */
export interface TakenNote {
  /** Documents the note is about, from the pass's first on. */
  readonly count: number;
  /** Digest of their ids: the same number of other documents is told apart. */
  readonly idsDigest: string;
  /** A bit for each run of `documentsPerBit(count)` documents: set when all of them were taken. */
  readonly bits: Uint8Array;
}

export interface XrayProgress {
  /** Spans of the request that earlier passes have sent. */
  readonly spans: number;
  readonly taken: TakenNote | undefined;
}

/** @returns at most 1 KB @example formatProgress({ spans: 300, taken: undefined }) // 'spans=300' */
export function formatProgress({ spans, taken }: XrayProgress): string {
  const text = `spans=${spans}`;
  if (taken === undefined) return text;
  const sent = Buffer.from(taken.bits).toString('base64url');
  return `${text};docs=${taken.count};ids=${taken.idsDigest};sent=${sent}`;
}

/** @returns the very start for text that is none (another version's) */
export function parseProgress(text: string | undefined): XrayProgress {
  const match = /^spans=(\d{1,9})(?:;docs=(\d{1,9});ids=([0-9a-f]{16});sent=([\w-]*))?$/.exec(text ?? '');
  if (match === null) return { spans: 0, taken: undefined };
  const [, spans, docs, idsDigest, sent] = match;
  if (docs === undefined) return { spans: Number(spans), taken: undefined };
  const bits = Buffer.from(sent!, 'base64url');
  return { spans: Number(spans), taken: { count: Number(docs), idsDigest: idsDigest!, bits } };
}

/**
 * Notes which documents of a pass were taken.
 * @param first number of the pass's first document in the list @param end behind its last
 * @returns undefined when there is nothing worth a note
 */
export function noteTaken(
  list: DocumentList,
  first: number,
  end: number,
  isTaken: (document: number) => boolean,
): TakenNote | undefined {
  const count = end - first;
  const run = documentsPerBit(count);
  const bits = new Uint8Array(Math.ceil(count / run / BITS));
  let isWorthIt = false;
  for (let bit = 0; bit * run < count; bit++) {
    let document = first + bit * run;
    const stop = Math.min(end, document + run);
    while (document < stop && isTaken(document)) document++;
    if (document < stop) continue;
    bits[bit >> 3] = (bits[bit >> 3] as number) | (1 << (bit & 7));
    isWorthIt = true;
  }
  return isWorthIt ? { count, idsDigest: digestOfIds(list, first, count), bits } : undefined;
}

/**
 * Adds the documents that a note says X-Ray has, as far as it is about this pass: a batch may cut its passes elsewhere,
 * and other settings may make other documents.
 * @param into numbers of documents in the list
 */
export function addTaken(
  note: TakenNote,
  list: DocumentList,
  first: number,
  end: number,
  into: Set<number>,
): void {
  const { count, idsDigest, bits } = note;
  if (end - first < count || digestOfIds(list, first, count) !== idsDigest) return;
  const run = documentsPerBit(count);
  for (let i = 0; i < count; i++) {
    const bit = Math.floor(i / run);
    if (((bits[bit >> 3] ?? 0) >> (bit & 7)) & 1) into.add(first + i);
  }
}

function documentsPerBit(count: number): number {
  return Math.max(1, Math.ceil(count / MAX_BITS));
}

function digestOfIds(list: DocumentList, first: number, count: number): string {
  const hash = createHash('sha256');
  for (let document = first; document < first + count; document++) hash.update(list.id(document));
  return hash.digest('hex').slice(0, 16);
}
