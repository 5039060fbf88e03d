// `tidewatch canary`: compares the metrics of a new version with those of the old one; exit 1 unless it passes.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type BadDirection, type CanaryMetric, judgeCanary } from '../../anomaly/canary/judge.ts';
import { csvLines, splitCsvLine } from '../../anomaly/series-csv.ts';
import { CheckFailed } from '../failures.ts';
import { complain, printJson, printLine, table, wantsJson } from '../output.ts';

interface CanaryOptions {
  readonly baseline: string;
  readonly canary: string;
  readonly decrease: readonly string[];
  readonly either: readonly string[];
  readonly critical: readonly string[];
  readonly acceptMarginal: boolean;
}

const HELP = `
Examples:
  tidewatch canary --baseline old.csv --canary new.csv --critical errors --decrease throughput

Exit status 1 unless it passes.`;

/** Adds `canary` to the program. */
export function registerCanary(program: Command): void {
  program
    .command('canary')
    .description('judge a canary: pass, marginal or fail')
    .requiredOption('--baseline <csv>', 'metric,value rows of the old version')
    .requiredOption('--canary <csv>', 'metric,value rows of the new version over the same time')
    .option('--decrease <metric...>', 'metrics that are bad when lower (default: bad when higher)', [])
    .option('--either <metric...>', 'metrics that are bad when different', [])
    .option('--critical <metric...>', 'metrics that fail the canary alone', [])
    .option('--accept-marginal', 'exit 0 on a marginal verdict too', false)
    .addHelpText('after', HELP)
    .action((options: CanaryOptions, command: Command) => run(options, wantsJson(command)));
}

function run(options: CanaryOptions, json: boolean): void {
  const baseline = readMetrics(options.baseline);
  const canary = readMetrics(options.canary);
  const badOf = (name: string): BadDirection =>
    options.either.includes(name) ? 'either' : options.decrease.includes(name) ? 'decrease' : 'increase';
  const metrics = [...new Set([...baseline.keys(), ...canary.keys()])].map(
    (name): CanaryMetric => ({
      name,
      baseline: baseline.get(name) ?? [],
      canary: canary.get(name) ?? [],
      bad: badOf(name),
      critical: options.critical.includes(name),
    }),
  );
  const result = judgeCanary(metrics);
  if (json) printJson(result);
  else {
    printLine(`${result.verdict} (${Math.round(result.score)} of 100)`);
    printLine(table(result.metrics.map(({ name, verdict, reason }) => [name, verdict, reason])));
  }
  if (result.verdict === 'pass' || (result.verdict === 'marginal' && options.acceptMarginal)) return;
  complain(`the canary does not pass: ${result.verdict}`);
  throw new CheckFailed();
}

/** Values by metric, from the columns `metric` and `value`, or the first and the last. */
function readMetrics(file: string): Map<string, number[]> {
  const rows = csvLines(readFileSync(file, 'utf8')).map((line) =>
    splitCsvLine(line).map((cell) => cell.trim()),
  );
  const head = rows[0]?.map((cell) => cell.toLowerCase()) ?? [];
  const hasHead = head.includes('metric') && head.includes('value');
  const metricColumn = hasHead ? head.indexOf('metric') : 0;
  const metrics = new Map<string, number[]>();
  for (const cells of rows.slice(hasHead ? 1 : 0)) {
    const name = cells[metricColumn] ?? '';
    const cell = cells[hasHead ? head.indexOf('value') : cells.length - 1] ?? '';
    const value = cell === '' ? Number.NaN : Number(cell);
    const values = metrics.get(name);
    if (values) values.push(value);
    else metrics.set(name, [value]);
  }
  return metrics;
}
