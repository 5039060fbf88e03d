// How far a request got: the text that progress rows keep. A request becomes a list of datums, sent from the first on.
import { createHash } from 'node:crypto';

/** Nothing is left of the request. */
export const ALL = 'all';

/** Counts up when the same request becomes other datums, or the same in another order. */
const ENCODING = 1;

/** What progress counts: datums made by these settings. With others the number would mean other datums. */
export function progressTag(settings: object): string {
  const text = JSON.stringify([ENCODING, settings]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** @param sent datums from the first on @example formatProgress('4f2a9c01', 1000) // '4f2a9c01:1000' */
export function formatProgress(tag: string, sent: number): string {
  return `${tag}:${sent}`;
}

export interface MetricProgress {
  /** Datums that were sent. */
  readonly sent: number;
  /** Datums that were sent by other settings: they cannot be told from the rest any more. */
  readonly sentOtherwise: number;
}

/** @returns 'all', or the progress; text that is none (another version's) is the very start */
export function parseProgress(text: string | undefined, tag: string): MetricProgress | typeof ALL {
  if (text === ALL) return ALL;
  const match = /^([0-9a-f]{8}):(\d{1,9})$/.exec(text ?? '');
  if (match === null) return { sent: 0, sentOtherwise: 0 };
  const sent = Number(match[2]);
  return match[1] === tag ? { sent, sentOtherwise: 0 } : { sent: 0, sentOtherwise: sent };
}
