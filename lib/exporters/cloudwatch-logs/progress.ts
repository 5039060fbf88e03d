// How far a request got: the text that progress rows keep. A request is sent in windows of records, a window in chunks.

/** A window that is being sent. */
export interface Window {
  /** Records of the window: from `LogProgress.next` to here. */
  readonly end: number;
  /** Chunks the window has; another number means that another version or configuration planned it. */
  readonly chunks: number;
  /** Chunks from the first on that were tried. */
  readonly tried: number;
  /** Chunks among them that were refused for now, by number, rising. */
  readonly refused: readonly number[];
}

export interface LogProgress {
  /** All records before this one are sent. */
  readonly next: number;
  readonly window?: Window;
}

/** Nothing is left of the request. */
export const ALL = 'all';

/** More refused chunks than this are not noted: the request then stops at the first that does not fit. */
export const MAX_REFUSED = 100;

/** @returns at most 1 KB @example formatProgress({ next: 0, window: { end: 900, chunks: 3, tried: 2, refused: [1] } }) // '0:900:3:2:1' */
export function formatProgress({ next, window }: LogProgress): string {
  if (window === undefined) return String(next);
  return `${next}:${window.end}:${window.chunks}:${window.tried}:${window.refused.join(',')}`;
}

/** @returns 'all', the progress, or the very start for text that is none (an older version's) */
export function parseProgress(text: string | undefined): LogProgress | typeof ALL {
  if (text === undefined || text === '') return { next: 0 };
  if (text === ALL) return ALL;
  const match = /^(\d{1,9})(?::(\d{1,9}):(\d{1,9}):(\d{1,9}):([\d,]*))?$/.exec(text);
  if (match === null) return { next: 0 };
  const [, next, end, chunks, tried, refused] = match;
  if (end === undefined) return { next: Number(next) };
  return {
    next: Number(next),
    window: {
      end: Number(end),
      chunks: Number(chunks),
      tried: Number(tried),
      refused: refused === '' ? [] : refused!.split(',').map(Number),
    },
  };
}
