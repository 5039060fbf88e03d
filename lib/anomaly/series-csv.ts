// Reads and writes `timestamp,value` files as they come from CloudWatch, NAB, pandas or a spreadsheet.

/** One row, with its cells as they stood in the file. */
export interface SeriesRow {
  readonly timestamp: string;
  readonly value: string;
  /** Epoch milliseconds; NaN where the cell is no time. */
  readonly time: number;
  /** NaN where the cell is empty or no number. */
  readonly number: number;
}

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
/** Numbers from here on are taken for epoch milliseconds: as seconds they would be past the year 5000. */
const MILLISECONDS_FROM = 1e11;

/**
 * Epoch milliseconds of an ISO 8601 time (a blank for the T is allowed, UTC is assumed) or of epoch seconds.
 * @returns NaN for anything else
 */
export function parseSeriesTime(text: string): number {
  const trimmed = text.trim();
  const match = ISO.exec(trimmed);
  if (match) {
    const [, date, minutes = '00:00', seconds = '00', fraction = '0', zone = 'Z'] = match;
    const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
    return Date.parse(`${date}T${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  }
  const number = trimmed === '' ? Number.NaN : Number(trimmed);
  return Math.abs(number) >= MILLISECONDS_FROM ? number : number * 1000;
}

/** Splits one line of CSV; quotes may hold commas, a doubled quote stands for one. */
export function splitCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (letter === '"' && quoted && line[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (letter === '"') {
      quoted = !quoted;
    } else if (letter === ',' && !quoted) {
      cells.push(cell);
      cell = '';
    } else {
      cell += letter;
    }
  }
  cells.push(cell);
  return cells;
}

/** The lines of a text, without a byte order mark, carriage returns and empty lines. */
export function csvLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.filter((line) => line.trim() !== '');
}

/**
 * The rows of a series. A header names the columns `timestamp` and `value` in any case; without these names (or
 * without a header) they are the first two columns.
 */
export function parseSeriesCsv(text: string): SeriesRow[] {
  const lines = csvLines(text).map(splitCsvLine);
  const head = lines[0];
  if (head === undefined) return [];
  const names = head.map((cell) => cell.trim().toLowerCase());
  const isHeader = names.includes('timestamp') || Number.isNaN(parseSeriesTime(head[0]!));
  const timeColumn = Math.max(0, names.indexOf('timestamp'));
  const valueColumn = names.includes('value') ? names.indexOf('value') : timeColumn === 0 ? 1 : 0;
  return lines.slice(isHeader ? 1 : 0).map((cells) => {
    const timestamp = (cells[timeColumn] ?? '').trim();
    const value = (cells[valueColumn] ?? '').trim();
    return {
      timestamp,
      value,
      time: parseSeriesTime(timestamp),
      number: value === '' ? Number.NaN : Number(value),
    };
  });
}

/** A cell as CSV wants it: quoted when it holds a comma or a quote. */
export function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
