// Reads the public data sets that judge the detectors. They lie beside the repository, not in it.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NabTruth, nabTruth } from './nab-score.ts';

/** A labelled series: rows as they stand in the file. */
export interface LabelledSeries {
  readonly name: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface NabSeries extends LabelledSeries {
  readonly truth: NabTruth;
}

export interface EventSeries extends LabelledSeries {
  readonly labels: Uint8Array;
}

/** The folder of public data: `TIDEWATCH_SHARED`/data or `../shared/data`; undefined where it is absent. */
export function dataFolder(): string | undefined {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  const folder = join(process.env.TIDEWATCH_SHARED ?? join(root, '..', 'shared'), 'data');
  return existsSync(folder) ? folder : undefined;
}

/** Epoch milliseconds of `2014-04-01 00:00:00.000000` or `2018-03-15T00:00:00Z`, UTC. */
const parseTime = (text: string): number => Date.parse(`${text.trim().slice(0, 19).replace(' ', 'T')}Z`);

function readRows(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.replaceAll('"', '').split(','));
}

/** Every file of a NAB folder that has labels: `data/<category>/<file>.csv` and `windows.json`. */
export function readNab(folder: string): NabSeries[] {
  const own = join(folder, 'windows.json');
  const labels = existsSync(own) ? own : join(folder, 'labels', 'combined_windows.json');
  const windows = JSON.parse(readFileSync(labels, 'utf8')) as Record<string, [string, string][]>;
  return Object.keys(windows)
    .filter((name) => existsSync(join(folder, 'data', name)))
    .sort()
    .map((name) => {
      const rows = readRows(join(folder, 'data', name));
      const times = rows.map((row) => parseTime(row[0]!));
      const values = rows.map((row) => Number(row[1]));
      const spans = windows[name]!.map(([from, to]) => [parseTime(from), parseTime(to)] as const);
      return { name, times, values, truth: nabTruth(times, spans) };
    });
}

/** Every series of the cloud monitoring set: `<kind>/<file>.csv` with TimeStamp, Value, Label. */
export function readEvents(folder: string): EventSeries[] {
  return globSync('*/*.csv', { cwd: folder })
    .sort()
    .map((name) => {
      const rows = readRows(join(folder, name));
      return {
        name,
        times: rows.map((row) => parseTime(row[0]!)),
        values: rows.map((row) => Number(row[1])),
        labels: Uint8Array.from(rows, (row) => (Number(row[2]) > 0 ? 1 : 0)),
      };
    });
}
