// `tidewatch detect-multi`: rows of several metrics at once, judged by an isolation forest.
import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { defaultForestSettings, IsolationForest, isUsable } from '../../anomaly/isolation-forest.ts';
import { type NumberTable, parseNumberTable } from '../../anomaly/number-table.ts';
import { csvCell } from '../../anomaly/series-csv.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, say, wantsJson } from '../output.ts';

interface DetectMultiOptions {
  readonly input: string;
  readonly train?: string;
  readonly output?: string;
  readonly metrics?: readonly string[];
  readonly contamination: number;
  readonly seed: number;
}

const HELP = `
Examples:
  tidewatch detect-multi --input now.csv --train normal.csv --metrics latency cpu_usage`;

/** Adds `detect-multi` to the program. */
export function registerDetectMulti(program: Command): void {
  const { contamination, seed } = defaultForestSettings;
  program
    .command('detect-multi')
    .description('find rows of several metrics that are unlike the others')
    .requiredOption('--input <file>', 'CSV or JSON, a column a metric; "-" reads standard input')
    .option('--train <file>', 'rows of normal times (default: the input itself)')
    .option('--output <csv>', 'where the judged rows go (default: standard output)')
    .option('--metrics <name...>', 'columns that count (default: all that hold numbers)')
    .option('--contamination <share>', 'share of the training rows that are anomalies', number, contamination)
    .option('--seed <number>', 'the same seed gives the same scores', number, seed)
    .addHelpText('after', HELP)
    .action((options: DetectMultiOptions, command: Command) => run(options, wantsJson(command)));
}

function run(options: DetectMultiOptions, json: boolean): void {
  const input = read(options.input);
  const training = options.train === undefined ? input : read(options.train);
  const metrics =
    options.metrics ?? training.columns.filter((_, at) => training.rows.some((row) => isUsable([row[at]!])));
  const { contamination, seed } = options;
  const forest = IsolationForest.train(rowsOf(training, metrics), { contamination, seed });
  const judged = rowsOf(input, metrics).map((row) => (isUsable(row) ? forest.detect(row) : undefined));
  const [found, skipped] = [
    judged.filter((one) => one?.is_anomaly),
    judged.filter((one) => one === undefined),
  ];
  const left = skipped.length === 0 ? '' : `, ${skipped.length} not judged: a number is missing`;
  say(`${judged.length} rows of ${metrics.join(', ')}: ${found.length} anomalies${left}`);
  if (json) {
    printJson({ rows: judged.map((verdict) => verdict ?? null) });
    return;
  }
  const head = [...metrics, 'is_anomaly', 'anomaly_score', 'confidence'].map(csvCell).join(',');
  const lines = rowsOf(input, metrics).map((row, at) => {
    const verdict = judged[at];
    const cells = row.map((value) => (Number.isNaN(value) ? '' : String(value)));
    const said =
      verdict === undefined ? ['', '', ''] : [verdict.is_anomaly, verdict.anomaly_score, verdict.confidence];
    return [...cells, ...said].join(',');
  });
  const text = `${[head, ...lines].join('\n')}\n`;
  if (options.output === undefined) process.stdout.write(text);
  else writeFileSync(options.output, text);
}

const read = (file: string): NumberTable => parseNumberTable(readFileSync(file === '-' ? 0 : file, 'utf8'));

/** @throws PermanentError `wrongUsage` for a column that is not there */
function rowsOf({ columns, rows }: NumberTable, metrics: readonly string[]): number[][] {
  const places = metrics.map((name) => {
    const place = columns.indexOf(name);
    if (place >= 0) return place;
    throw wrongUsage(`${name}: expected a column of that name, got ${columns.join(', ')}`);
  });
  return rows.map((row) => places.map((place) => row[place]!));
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('expected a number');
}
