// Reads the two files of `rank-causes`: samples of many components, and who calls whom.
import { PermanentError } from '../../model/errors.ts';
import { csvLines, parseSeriesTime, splitCsvLine } from '../series-csv.ts';
import type { CallEdge, MetricSample } from './rank-causes.ts';

/** Samples from `component,metric,statistic,timestamp,value`; rows without a time or a value are left out. */
export function parseMetricsCsv(text: string): MetricSample[] {
  return readColumns(text, ['component', 'metric', 'statistic', 'timestamp', 'value']).flatMap(
    ([component = '', metric = '', statistic = '', timestamp = '', cell = '']) => {
      const time = parseSeriesTime(timestamp);
      const value = cell === '' ? Number.NaN : Number(cell);
      return Number.isFinite(time) && Number.isFinite(value)
        ? [{ component, metric, statistic, time, value }]
        : [];
    },
  );
}

/** Calls from `caller,callee`. */
export function parseEdgesCsv(text: string): CallEdge[] {
  return readColumns(text, ['caller', 'callee']).map(([caller = '', callee = '']) => ({ caller, callee }));
}

/**
 * The named columns of each row, trimmed, in the order asked for. Without any of the names in the first line, that
 * line is data and the columns are taken in order.
 * @throws PermanentError `malformed` when the first line names some of the columns and not others
 */
function readColumns(text: string, names: readonly string[]): string[][] {
  const rows = csvLines(text).map((line) => splitCsvLine(line).map((cell) => cell.trim()));
  const head = rows[0]?.map((cell) => cell.toLowerCase()) ?? [];
  const places = names.map((name) => head.indexOf(name));
  if (places.every((place) => place < 0)) return rows;
  const missing = names.filter((_, at) => places[at]! < 0);
  if (missing.length > 0) {
    throw new PermanentError(
      'malformed',
      `expected columns ${names.join(',')}, missing ${missing.join(', ')}`,
    );
  }
  return rows.slice(1).map((cells) => places.map((place) => cells[place] ?? ''));
}
