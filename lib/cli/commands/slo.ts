// `tidewatch slo`: burn-rate windows of a file, a replay of a series, and definitions of other tools taken over.
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { formatDuration } from '../../model/duration.ts';
import { PermanentError } from '../../model/errors.ts';
import type { SloSettings } from '../../slo/settings.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, say, table, wantsJson } from '../output.ts';
import { readSloFile } from '../slo-file.ts';
import { registerSloBackfill } from './slo-backfill.ts';
import { registerSloCoverage } from './slo-coverage.ts';
import { registerSloImpact } from './slo-impact.ts';
import { registerLiveSlo } from './slo-live.ts';
import { registerSloPropose } from './slo-propose.ts';

const FILE =
  'OpenSLO v1 YAML, Tidewatch YAML or JSON with a list "slos", or a configuration; "-" reads standard input';

const HELP = `
Examples:
  tidewatch slo windows slos/checkout.yaml                        when it will alert
  tidewatch slo propose --series requests.csv                     which objective was met so far
  tidewatch slo backtest slos/checkout.yaml --series requests.csv what would have alerted
  tidewatch slo status                                            how SLOs of the deployment stand
  tidewatch slo gate checkout                                     exit 1 when its budget allows no deployment`;

const WINDOWS_HELP = `
Examples:
  tidewatch slo windows slos/checkout.yaml
  tidewatch slo windows tidewatch.config.ts --json

With --json: [{ "slo", "windows": [{ "severity", "longWindow", "shortWindow", "budgetShare", "factor" }] }]`;

const IMPORT_HELP = `
Examples:
  tidewatch slo import openslo.yaml > slos/checkout.yaml
  tidewatch slo import openslo.yaml --json`;

const EXPORT_HELP = `
Examples:
  tidewatch slo export tidewatch.config.ts > slo-rules.yaml`;

const BACKTEST_HELP = `
Examples:
  tidewatch slo backtest slos/checkout.yaml --series requests.csv --json
  tidewatch slo backtest tidewatch.config.ts --slo checkout --series -

The file has a row a minute: timestamp (epoch seconds, start of the minute), good, total. Missing minutes have no data.

With --json: { "alerts": [{ "slo", "severity", "firedAt", "resolvedAt" }], "budget": [{ "slo", "timestamp", "remaining" }] }`;

interface BacktestOptions {
  readonly series: string;
  readonly slo?: string;
}

/** Adds `slo` and its parts to the program. */
export function registerSlo(program: Command): void {
  const slo = program
    .command('slo')
    .description('service level objectives: budgets, gates, windows, replay, import')
    .addHelpText('after', HELP);
  slo
    .command('windows')
    .description('burn-rate windows, factors and budget shares of each SLO')
    .argument('<file>', FILE)
    .addHelpText('after', WINDOWS_HELP)
    .action((file: string, _options: unknown, command: Command) => windows(file, wantsJson(command)));
  slo
    .command('backtest')
    .description('replay a series: which alerts would have fired when, and what was left of the budget')
    .argument('<file>', FILE)
    .requiredOption('--series <csv>', 'timestamp,good,total; "-" reads standard input')
    .option('--slo <name>', 'which SLO, where the file has several')
    .addHelpText('after', BACKTEST_HELP)
    .action((file: string, options: BacktestOptions, command: Command) =>
      replay(file, options, wantsJson(command)),
    );
  slo
    .command('import')
    .description("write the SLOs of a file in Tidewatch's own form (YAML; with --json JSON)")
    .argument('<file>', FILE)
    .addHelpText('after', IMPORT_HELP)
    .action((file: string, _options: unknown, command: Command) => importSlos(file, wantsJson(command)));
  slo
    .command('export')
    .description('recording rules of Prometheus: the budget of each SLO, and what is consumed of it')
    .argument('<file>', FILE)
    .addHelpText('after', EXPORT_HELP)
    .action((file: string) => exportRules(file));
  registerSloPropose(slo);
  registerLiveSlo(slo);
  registerSloBackfill(slo);
  registerSloCoverage(slo);
  registerSloImpact(slo);
}

async function exportRules(file: string): Promise<void> {
  const { prometheusRules } = await import('../../slo/export/prometheus-rules.ts');
  const { text, left } = prometheusRules(await readSloFile(file));
  printLine(text.trimEnd());
  for (const name of left) say(`${name} is left out: it is no quotient of two counters`);
}

async function windows(file: string, json: boolean): Promise<void> {
  const listed = (await readSloFile(file)).map((slo) => ({
    slo: slo.name,
    windows: slo.windows.map(({ severity, longWindowMs, shortWindowMs, budgetShare, factor }) => ({
      severity,
      longWindow: formatDuration(longWindowMs),
      shortWindow: formatDuration(shortWindowMs),
      budgetShare,
      factor,
    })),
  }));
  if (json) {
    printJson(listed);
    return;
  }
  const rows = listed.flatMap((entry) =>
    entry.windows.map((pair) => [
      entry.slo,
      pair.severity,
      pair.longWindow,
      pair.shortWindow,
      percent(pair.budgetShare),
      String(Number(pair.factor.toPrecision(4))),
    ]),
  );
  printLine(table([['slo', 'severity', 'long', 'short', 'budget', 'factor'], ...rows]));
}

async function replay(file: string, options: BacktestOptions, json: boolean): Promise<void> {
  const [{ backtest }, { parseSeries }] = await Promise.all([
    import('../../slo/backtest/backtest.ts'),
    import('../../slo/backtest/series-csv.ts'),
  ]);
  const { series } = options;
  if (series !== '-' && !existsSync(series)) throw wrongUsage(`there is no file ${series}`);
  const slo = choose(await readSloFile(file), options.slo);
  const { points, unreadable, repeated } = parseSeries(readFileSync(series === '-' ? 0 : series, 'utf8'));
  if (unreadable.length > 0)
    say(`${series}: ${unreadable.length} lines left out, the first is line ${unreadable[0]}`);
  if (repeated > 0) say(`${series}: ${repeated} rows replaced by a later one of the same minute`);
  if (points.length === 0)
    throw new PermanentError('malformed', `${series}: no row of timestamp (epoch seconds), good, total`);
  const { alerts, budget, clamped } = backtest(slo, points);
  if (clamped > 0) say(`${series}: ${clamped} minutes with good outside of 0 to total, clamped`);
  if (json) {
    printJson({ alerts, budget });
    return;
  }
  const time = (seconds: number | null): string =>
    seconds === null ? 'firing' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  const rows = alerts.map(({ severity, firedAt, resolvedAt }) => [severity, time(firedAt), time(resolvedAt)]);
  printLine(table([['severity', 'fired', 'resolved'], ...rows]));
  const left = budget.at(-1);
  if (left !== undefined) printLine(`budget left ${percent(left.remaining)} at ${time(left.timestamp)}`);
}

/** The SLO that is named, or the only one. */
function choose(slos: readonly SloSettings[], name: string | undefined): SloSettings {
  const names = slos.map((slo) => slo.name).join(', ');
  const chosen = name === undefined ? slos : slos.filter((slo) => slo.name === name);
  const [only, second] = chosen;
  if (second !== undefined)
    throw wrongUsage(`the file has several SLOs: ${names}`, 'name one with --slo NAME');
  if (only === undefined) throw wrongUsage(`no SLO "${name ?? ''}"; the file has ${names || 'none'}`);
  if (only.indicator.kind === 'composite')
    throw wrongUsage(`${only.name} is a composite: it has no series of its own, replay its parts`);
  return only;
}

async function importSlos(file: string, json: boolean): Promise<void> {
  const [{ writeYaml }, { writeSlo }] = await Promise.all([
    import('../../config/yaml-documents.ts'),
    import('../../slo/definition/write-slo.ts'),
  ]);
  const slos = (await readSloFile(file)).map(writeSlo);
  if (json) printJson({ slos });
  else printLine(writeYaml({ slos }).trimEnd());
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`;
}
