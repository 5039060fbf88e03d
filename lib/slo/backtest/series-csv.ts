// Reads `timestamp,good,total` files: one minute a row, epoch seconds of its beginning. Columns are found by a header,
// if there is one. A row that cannot be read is counted and left out.
import type { MinutePoint } from '../evaluation/read-point.ts';

export interface Series {
  /** In order of time, one a minute. Epoch milliseconds. */
  readonly points: readonly MinutePoint[];
  /** Lines (from 1) that are no row of the series. */
  readonly unreadable: readonly number[];
  /** Rows that another row of the same minute replaced. */
  readonly repeated: number;
}

const COLUMNS = ['timestamp', 'good', 'total'] as const;
const KNOWN = ['timestamp', 'good', 'bad', 'total'];
const MINUTE = 60_000;
/** Times outside of these years are mistakes, such as milliseconds in place of seconds. */
const TIME_MAX_S = 4_102_444_800;
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/** @returns the series; empty when nothing in the text is a row */
export function parseSeries(text: string): Series {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const first = lines.findIndex((line) => line.trim() !== '');
  const head = first < 0 ? [] : cellsOf(lines[first]!).map((cell) => cell.toLowerCase());
  const hasHeader = head.some((name) => KNOWN.includes(name));
  const columns = hasHeader ? head : COLUMNS;
  const byMinute = new Map<number, MinutePoint>();
  const unreadable: number[] = [];
  let repeated = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || (hasHeader && index === first)) continue;
    const point = readRow(cellsOf(line), columns);
    if (point === undefined) {
      unreadable.push(index + 1);
      continue;
    }
    const minute = Math.floor(point.start / MINUTE);
    if (byMinute.has(minute)) repeated++;
    byMinute.set(minute, point);
  }
  const points = [...byMinute.values()].sort((a, b) => a.start - b.start);
  return { points, unreadable, repeated };
}

function readRow(cells: readonly string[], columns: readonly string[]): MinutePoint | undefined {
  const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
  const start = timeOf(cell('timestamp'));
  if (start === undefined) return undefined;
  const [good, bad, total] = ['good', 'bad', 'total'].map((name) => numberOf(cell(name)));
  if (good === null || bad === null || total === null) return undefined;
  const known = good ?? (bad !== undefined && total !== undefined ? total - bad : undefined);
  return { start, good: known, total };
}

/** Undefined when empty, which is a minute without a point; null when it is no number. */
function numberOf(text: string): number | undefined | null {
  if (text === '' || /^(nan|null|none)$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Epoch milliseconds of epoch seconds, or of ISO 8601 where UTC is assumed. */
function timeOf(text: string): number | undefined {
  if (ISO.test(text)) {
    const at = Date.parse(`${text.replace(' ', 'T')}${/(Z|[+-]\d\d:\d\d)$/.test(text) ? '' : 'Z'}`);
    return Number.isNaN(at) ? undefined : at;
  }
  const seconds = text === '' ? Number.NaN : Number(text);
  return seconds >= 0 && seconds < TIME_MAX_S ? Math.round(seconds * 1000) : undefined;
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
}
