// `tidewatch anomalies backtest`: how many alerts each strictness would have made on this account's own metrics, and
// when, before anything is deployed.
import { type Command, Option } from 'commander';
import type { MetricBacktest } from '../../anomaly/backtest/backtest-metrics.ts';
import type { WatchSettings } from '../../anomaly/watch/settings.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, say, table, wantsJson } from '../output.ts';
import { registerAnomalyList } from './anomaly-list.ts';

const HELP = `
Examples:
  tidewatch anomalies backtest --preset lambda --name 'shop-*'
  tidewatch anomalies backtest --namespace CWAgent --metric disk_used_percent --statistic Maximum \\
      --dimension host='*' --dimension path=/ --days 30
  tidewatch anomalies backtest --config tidewatch.config.ts --strictness 0.5,1,2 --json

The first 2.5 days are warm-up and give no alert. Alerts within an hour of each other are one.
With --json: { "from", "to", "metrics": [{ "metric", "statistic", "component", "rows", "backtests":
  [{ "strictness", "alerts", "periods": [{ "from", "to", "score" }] }] }],
  "totals": [{ "strictness", "alerts", "alertsPerDay" }] }, times in ISO 8601.`;

const DAY_MS = 86_400_000;
/** CloudWatch keeps points of a minute for 15 days and points of five minutes for 63. */
const DAYS_MAX = { '1m': 15, '5m': 63 } as const;

interface BacktestOptions {
  readonly preset?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly metric?: string;
  readonly statistic?: string;
  readonly dimension: readonly string[];
  readonly missing?: string;
  readonly config?: string;
  readonly every?: '5m' | '1m';
  readonly days: string;
  readonly head?: string;
  readonly strictness: string;
  readonly limit: string;
}

export function registerAnomalies(program: Command): void {
  const anomalies = program.command('anomalies').description('anomalies of the metrics of an account');
  registerAnomalyList(anomalies);
  anomalies
    .command('backtest')
    .description('how many alerts a strictness would have made on the history in CloudWatch')
    .option(
      '--preset <preset>',
      'the metrics of a service: spans, lambda, apiGateway, alb, dynamodb, sqs, rds',
    )
    .option('--name <pattern>', 'with --preset: only resources of this name, * for any text')
    .option('--namespace <namespace>', 'namespace of a metric')
    .option('--metric <name>', 'its name, or a prefix followed by *')
    .option('--statistic <statistic>', 'such as Average, Sum or p95')
    .option('--dimension <name=value...>', 'exactly its dimensions; * for any text in a value', collect, [])
    .addOption(new Option('--missing <meaning>', 'of points that are missing').choices(['zero', 'skip']))
    .option('--config <file>', 'everything that a configuration watches')
    .addOption(new Option('--every <cadence>', 'length of points').choices(['5m', '1m']))
    .addOption(new Option('--head <head>', 'which detector speaks').choices(['novelty', 'deviation', 'both']))
    .option('--days <days>', 'of history, at most 63, or 15 with points of a minute', '14')
    .option('--strictness <list>', 'evidence an alert needs, as multiples of the usual', '0.5,1,2')
    .option('--limit <count>', 'metrics at most', '100')
    .addHelpText('after', HELP)
    .action((options: BacktestOptions, command: Command) => backtest(options, wantsJson(command)));
}

async function backtest(options: BacktestOptions, json: boolean): Promise<void> {
  const days = wholeNumber('--days', options.days, 1, DAYS_MAX['5m']);
  const limit = wholeNumber('--limit', options.limit, 1, 10_000);
  const strictnesses = strictnessList(options.strictness);
  const [
    { watchedMetrics },
    { backtestMetrics },
    { CloudWatchMetricCatalogue },
    { CloudWatchMetricHistory },
  ] = await Promise.all([
    import('../../anomaly/watch/watched-metrics.ts'),
    import('../../anomaly/backtest/backtest-metrics.ts'),
    import('../../aws/metric-catalogue.ts'),
    import('../../aws/metric-history.ts'),
  ]);
  const watches = await watchesOf(options);
  const coarsest = watches.some(({ every }) => every === '1m') ? '1m' : '5m';
  if (days > DAYS_MAX[coarsest]) {
    throw wrongUsage(
      `--days: expected at most ${DAYS_MAX[coarsest]} with points of ${coarsest}, got ${days}`,
    );
  }
  const found = await watchedMetrics(watches, new CloudWatchMetricCatalogue());
  if (found.length === 0) say('CloudWatch lists no such metric with points of the last two weeks');
  if (found.length > limit) say(`${found.length} metrics match; the first ${limit} are looked at (--limit)`);
  const toMs = Date.now();
  const range = { fromMs: toMs - days * DAY_MS, toMs };
  const metrics = found.slice(0, limit);
  const results = await backtestMetrics(
    new CloudWatchMetricHistory(),
    metrics,
    strictnesses,
    range,
    (done) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${metrics.length} …`);
    },
  );
  if (process.stderr.isTTY) process.stderr.write('\r');
  if (json) printJson(asJson(results, strictnesses, range));
  else print(results, strictnesses, days);
}

/** What the options name, checked by the rules of the configuration. */
async function watchesOf(options: BacktestOptions): Promise<readonly WatchSettings[]> {
  const { readAnomalySection } = await import('../../config/schema/anomalies.ts');
  const { preset, name, namespace, metric, statistic, missing, every, head } = options;
  const ways = [preset, namespace, options.config].filter((way) => way !== undefined);
  if (ways.length !== 1) throw wrongUsage('expected one of --preset, --namespace and --config');
  if (options.config !== undefined) {
    const [{ loadConfig }, { compileConfig }] = await Promise.all([
      import('../../config/load.ts'),
      import('../../config/compile.ts'),
    ]);
    const { anomaly } = compileConfig(await loadConfig(options.config)).runtime;
    if (anomaly === undefined) throw wrongUsage(`${options.config} has no anomalies`);
    return anomaly.watches;
  }
  const common = { ...(every !== undefined && { every }), ...(head !== undefined && { head }) };
  const watch =
    preset !== undefined
      ? { preset, ...(name !== undefined && { name }), ...common }
      : {
          namespace,
          metric,
          statistic,
          dimensions: dimensionsOf(options.dimension),
          ...(missing !== undefined && { missing }),
          ...common,
        };
  const { SPAN_METRICS_DEFAULTS } = await import('../../exporters/span-metrics/settings.ts');
  const { settings, problems } = readAnomalySection({ watch: [watch] }, SPAN_METRICS_DEFAULTS);
  if (settings !== undefined) return settings.watches;
  const lines = problems.map(
    ({ path, message }) => `${path.replace(/^anomalies\.watch\[0\]\.?/, '--')}: ${message}`,
  );
  throw wrongUsage(lines.join('\n  '));
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function dimensionsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw wrongUsage(`--dimension: expected name=value, got "${pair}"`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function wholeNumber(option: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw wrongUsage(`${option}: expected a whole number from ${from} to ${to}, got "${text}"`);
}

function strictnessList(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length > 0 && values.every((value) => value >= 0.1 && value <= 10)) return values;
  throw wrongUsage(`--strictness: expected numbers from 0.1 to 10 such as "0.5,1,2", got "${text}"`);
}

const iso = (time: number): string => new Date(time).toISOString();

function totalOf(results: readonly MetricBacktest[], place: number): number {
  return results.reduce((sum, { backtests }) => sum + backtests[place]!.periods.length, 0);
}

function asJson(
  results: readonly MetricBacktest[],
  strictnesses: readonly number[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  return {
    from: iso(fromMs),
    to: iso(toMs),
    metrics: results.map(({ watched, rows, backtests }) => ({
      metric: watched.metric,
      statistic: watched.watch.statistic,
      component: watched.component,
      rows,
      backtests: backtests.map(({ strictness, periods }) => ({
        strictness,
        alerts: periods.length,
        periods: periods.map(({ from, to, score }) => ({ from: iso(from), to: iso(to), score })),
      })),
    })),
    totals: strictnesses.map((strictness, place) => {
      const alerts = totalOf(results, place);
      return { strictness, alerts, alertsPerDay: (alerts * DAY_MS) / (toMs - fromMs) };
    }),
  };
}

function print(results: readonly MetricBacktest[], strictnesses: readonly number[], days: number): void {
  const head = ['METRIC', 'ROWS', ...strictnesses.map((strictness) => `ALERTS AT ${strictness}`)];
  const lines = results.map(({ watched, rows, backtests }) => [
    watched.id,
    String(rows),
    ...backtests.map(({ periods }) => String(periods.length)),
  ]);
  const totals = strictnesses.map((_, place) => String(totalOf(results, place)));
  printLine(table([head, ...lines, [`all, ${days} days`, '', ...totals]]));
  for (const { watched, backtests } of results) {
    for (const { strictness, periods } of backtests) {
      for (const { from, to, score } of periods) {
        printLine(`${iso(from)} to ${iso(to)}  score ${score.toFixed(2)}  at ${strictness}  ${watched.id}`);
      }
    }
  }
}
