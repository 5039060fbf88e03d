// `tidewatch slo impact`: what an incident cost the budget of an SLO, from stored minutes or from a file.
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { PermanentError } from '../../model/errors.ts';
import type { SliceReader } from '../../slo/evaluation/slice.ts';
import { figure, share } from '../../slo/figure.ts';
import type { SloSettings } from '../../slo/settings.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, say, wantsJson } from '../output.ts';
import { readSloFile } from '../slo-file.ts';
import { addStackOption, type StackOption } from '../stack-option.ts';

interface ImpactOptions extends StackOption {
  readonly from: string;
  readonly to: string;
  readonly config: string;
  readonly series?: string;
}

const HELP = `
Examples:
  tidewatch slo impact checkout --from 2026-11-24T10:00:00Z --to 2026-11-24T10:45:00Z
  tidewatch slo impact checkout --from 2026-11-24T10:00:00Z --to 2026-11-24T10:45:00Z --series requests.csv --json

Without --series it reads the minutes that the evaluation stored, with AWS credentials on the stack's state table;
excluded time does not count. The file has rows of timestamp (epoch seconds), good, total, as for "slo backtest".

With --json: { "slo", "from", "to", "totalEvents", "badEvents", "minutesBelowObjective", "budgetShare",
"budgetMinutes" }, times in epoch seconds; the last two are null without events`;

/** Adds `impact` to `slo`. */
export function registerSloImpact(slo: Command): void {
  addStackOption(slo.command('impact').description('what an incident cost the budget of an SLO'))
    .argument('<slo>', 'its name')
    .requiredOption('--from <time>', 'with an offset, such as 2026-11-24T10:00:00Z')
    .requiredOption('--to <time>', 'with an offset, such as 2026-11-24T10:45:00Z')
    .option('--config <file>', 'configuration, or another file with SLOs', 'tidewatch.config.ts')
    .option('--series <csv>', 'timestamp,good,total instead of what is stored; "-" reads standard input')
    .addHelpText('after', HELP)
    .action(impact);
}

async function impact(name: string, options: ImpactOptions, command: Command): Promise<void> {
  const [from, to] = [timeOf('--from', options.from), timeOf('--to', options.to)];
  if (to <= from) throw wrongUsage(`expected --to after --from, got ${options.from} and ${options.to}`);
  const defined = (await readSloFile(options.config)).find((slo) => slo.name === name);
  if (defined === undefined) throw wrongUsage(`${options.config} has no SLO ${name}`);
  const { impactOf } = await import('../../slo/impact/impact.ts');
  const { slo, slices } =
    options.series === undefined
      ? await stored(defined, options.stack, from, to)
      : await ofSeries(defined, options.series);
  const found = impactOf(slo, slices, from, to);
  if (wantsJson(command))
    return printJson({ slo: name, ...found, from: found.from / 1_000, to: found.to / 1_000 });
  const { badEvents, totalEvents, minutesBelowObjective, budgetShare, budgetMinutes } = found;
  const unit = slo.budgeting.kind === 'occurrences' ? 'events' : 'slices of time';
  printLine(`${name}: ${Math.round(badEvents)} of ${Math.round(totalEvents)} ${unit} failed`);
  printLine(`${figure(minutesBelowObjective)} minutes below the objective`);
  if (budgetShare === null || budgetMinutes === null) printLine('no events to count a budget by');
  else printLine(`${share(budgetShare)} of the error budget spent (${figure(budgetMinutes)} minutes)`);
}

interface Measured {
  /** With the changes that people made. */
  readonly slo: SloSettings;
  readonly slices: SliceReader;
}

/** The minutes of the state table. */
async function stored(defined: SloSettings, stack: string, from: number, to: number): Promise<Measured> {
  const [{ DynamoSloStore }, { DynamoSloChangeStore }, { createSignedClient }, { RetryBudget }] =
    await Promise.all([
      import('../../aws/slo-store.ts'),
      import('../../aws/slo-change-store.ts'),
      import('../../aws/signed-client.ts'),
      import('../../aws/retry.ts'),
    ]);
  const [{ findDeployment, output }, { sdkEnvironment }, { withChanges }, { storedSlices }] =
    await Promise.all([
      import('../../aws/deployment.ts'),
      import('../../aws/sdk-environment.ts'),
      import('../../slo/changes/change.ts'),
      import('../../slo/impact/stored-slices.ts'),
    ]);
  const table = output(await findDeployment(stack), 'StateTableName');
  const transport = createSignedClient({ env: await sdkEnvironment() });
  const store = new DynamoSloStore(table, transport, { budget: new RetryBudget() });
  const slices = await storedSlices(store, defined, from, to);
  if (slices === undefined) throw new PermanentError('notFound', `${defined.name} was never evaluated`);
  return { slo: withChanges(defined, await new DynamoSloChangeStore(table).list()), slices };
}

async function ofSeries(defined: SloSettings, file: string): Promise<Measured> {
  if (file !== '-' && !existsSync(file)) throw wrongUsage(`there is no file ${file}`);
  const [{ parseSeries }, { seriesSlices }] = await Promise.all([
    import('../../slo/backtest/series-csv.ts'),
    import('../../slo/impact/series-slices.ts'),
  ]);
  const { points, unreadable } = parseSeries(readFileSync(file === '-' ? 0 : file, 'utf8'));
  if (unreadable.length > 0)
    say(`${file}: ${unreadable.length} lines left out, the first is line ${unreadable[0]}`);
  if (points.length === 0)
    throw new PermanentError('malformed', `${file}: no row of timestamp (epoch seconds), good, total`);
  return { slo: defined, slices: seriesSlices(points) };
}

/** @returns epoch milliseconds */
function timeOf(option: string, text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw wrongUsage(`${option}: expected a time such as 2026-11-24T10:00:00Z, got ${text}`);
}
