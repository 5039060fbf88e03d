// Reads rows of several numbers each: CSV with a header, or a JSON array of objects.
import { PermanentError } from '../model/errors.ts';
import { csvLines, splitCsvLine } from './series-csv.ts';

export interface NumberTable {
  readonly columns: readonly string[];
  /** By row, then by column; NaN where a cell is empty, absent or no number. */
  readonly rows: readonly (readonly number[])[];
}

/**
 * What begins with `[` is JSON, all else CSV.
 * @throws PermanentError `malformed` for JSON that is no array of objects, or a text without rows
 */
export function parseNumberTable(text: string): NumberTable {
  const table = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith('[')
    ? fromJson(text)
    : fromCsv(text);
  if (table.rows.length > 0) return table;
  throw new PermanentError('malformed', 'expected a header and rows of numbers, got no row');
}

/** The values of one column; all NaN when there is no such column. */
export function columnOf({ columns, rows }: NumberTable, name: string): number[] {
  const place = columns.indexOf(name);
  return rows.map((row) => row[place] ?? Number.NaN);
}

function fromCsv(text: string): NumberTable {
  const [head = [], ...lines] = csvLines(text).map((line) => splitCsvLine(line).map((cell) => cell.trim()));
  const rows = lines.map((cells) => head.map((_, at) => numberOf(cells[at])));
  return { columns: head, rows };
}

function fromJson(text: string): NumberTable {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new PermanentError('malformed', 'expected a JSON array of objects', { cause });
  }
  const objects = (value as unknown[]).map((one, at) => {
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) return one as Record<string, unknown>;
    throw new PermanentError(
      'malformed',
      `[${at}]: expected an object of numbers, got ${JSON.stringify(one)}`,
    );
  });
  const columns = [...new Set(objects.flatMap((one) => Object.keys(one)))];
  return { columns, rows: objects.map((one) => columns.map((name) => numberOf(one[name]))) };
}

function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN;
}
