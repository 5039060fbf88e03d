// `tidewatch forecast`: the next values of a series in a file, with a band.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { forecast } from '../../anomaly/forecast/forecast.ts';
import { regularSeries } from '../../anomaly/forecast/regular-series.ts';
import { parseSeriesCsv } from '../../anomaly/series-csv.ts';
import { PermanentError } from '../../model/errors.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, table, wantsJson } from '../output.ts';

interface ForecastOptions {
  readonly input: string;
  readonly horizon: string;
}

const HORIZON_MAX = 10_000;

const HELP = `
Examples:
  tidewatch forecast --input disk.csv --horizon 24
  tidewatch forecast --input disk.csv --horizon 24 --json

With --json: { "model", "points": [{ "timestamp", "value", "low", "high" }] }`;

/** Adds `forecast` to the program. */
export function registerForecast(program: Command): void {
  program
    .command('forecast')
    .description('forecast a series with the model that did best on its own history')
    .requiredOption('--input <csv>', 'timestamp,value; "-" reads standard input')
    .requiredOption('--horizon <n>', 'how many steps ahead')
    .addHelpText('after', HELP)
    .action((options: ForecastOptions, command: Command) => run(options, wantsJson(command)));
}

function run({ input, horizon: text }: ForecastOptions, json: boolean): void {
  const horizon = Number(text);
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > HORIZON_MAX) {
    throw wrongUsage(`--horizon: expected a whole number from 1 to ${HORIZON_MAX}, got "${text}"`);
  }
  const rows = parseSeriesCsv(readFileSync(input === '-' ? 0 : input, 'utf8'));
  const series = regularSeries(rows);
  if (series === undefined) throw new PermanentError('malformed', `${input}: no row with a time and a value`);
  const { model, points } = forecast(series, horizon);
  // Times are written as the file writes them: epoch seconds, or ISO 8601 in UTC.
  const isEpoch = Number.isFinite(Number(rows[0]!.timestamp));
  const stamp = (time: number): number | string =>
    isEpoch ? time / 1000 : new Date(time).toISOString().replace('.000Z', 'Z');
  const written = points.map(({ time, value, low, high }) => ({ timestamp: stamp(time), value, low, high }));
  if (json) {
    printJson({ model, points: written });
    return;
  }
  printLine(model);
  const cells = written.map(({ timestamp, value, low, high }) =>
    [timestamp, ...[value, low, high].map((one) => Number(one.toPrecision(6)))].map(String),
  );
  printLine(table([['timestamp', 'value', 'low', 'high'], ...cells]));
}
