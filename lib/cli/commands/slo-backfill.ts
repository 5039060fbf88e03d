// `tidewatch slo backfill`: fills an SLO's budget with what CloudWatch still knows of the time before it was evaluated.
import type { Command } from 'commander';
import { parseDuration } from '../../model/duration.ts';
import { share } from '../../slo/figure.ts';
import type { BackfillPorts } from '../../slo/run/backfill.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, say, wantsJson } from '../output.ts';
import { deployedSlos } from '../slo-access.ts';
import { addStackOption, type StackOption } from '../stack-option.ts';

interface BackfillOptions extends StackOption {
  readonly config: string;
  readonly from?: string;
  readonly for?: string;
}

const HELP = `
Examples:
  tidewatch slo backfill                        every SLO, as far back as its period
  tidewatch slo backfill checkout --for 90d
  tidewatch slo backfill checkout --from 2026-09-01T00:00:00Z

Needs AWS credentials that read CloudWatch and write the state table. Minutes that were evaluated stay as they are; it
can be run again at any time. CloudWatch keeps minutes for 15 days, 5 minutes for 63 days and hours for 455 days.

With --json: [{ "slo", "minutes", "from", "to", "remaining" }], times in epoch seconds`;

/** Adds `backfill` to `slo`. */
export function registerSloBackfill(slo: Command): void {
  addStackOption(slo.command('backfill').description("fill budgets from CloudWatch's history"))
    .argument('[slo]', 'name of one; every SLO without it')
    .option('--from <time>', 'from when, with an offset, such as 2026-09-01T00:00:00Z')
    .option('--for <duration>', 'how far back instead, such as 90d')
    .option('--config <file>', 'the configuration that is deployed', 'tidewatch.config.ts')
    .addHelpText('after', HELP)
    .action(backfill);
}

async function backfill(name: string | undefined, options: BackfillOptions, command: Command): Promise<void> {
  const now = Date.now();
  const from = startOf(options, now);
  const slos = (await deployedSlos(options.config)).filter((slo) => name === undefined || slo.name === name);
  if (name !== undefined && slos.length === 0) throw wrongUsage(`${options.config} has no SLO ${name}`);
  const { backfillSlo, backfillStart } = await import('../../slo/run/backfill.ts');
  const ports = await portsOf(options.stack);
  const results = [];
  for (const slo of slos) {
    const result = await backfillSlo(ports, {
      slo,
      from: from ?? backfillStart(slo, now),
      now,
      onProgress: (to, minutes) => say(`${slo.name}: ${minutes} minutes up to ${new Date(to).toISOString()}`),
    });
    results.push({ slo: slo.name, ...result, from: result.from / 1_000, to: result.to / 1_000 });
  }
  if (wantsJson(command)) return printJson(results);
  for (const { slo, minutes, remaining } of results)
    printLine(`${slo}: ${minutes} minutes added, ${share(remaining)} of the budget left`);
}

/** CloudWatch and the state table of a stack. */
async function portsOf(stack: string): Promise<BackfillPorts> {
  const [{ CloudWatchMetricReader }, { DynamoSloStore }, { DynamoSloChangeStore }, { createSignedClient }] =
    await Promise.all([
      import('../../aws/metric-data-reader.ts'),
      import('../../aws/slo-store.ts'),
      import('../../aws/slo-change-store.ts'),
      import('../../aws/signed-client.ts'),
    ]);
  const [{ RetryBudget }, { findDeployment, output }, { sdkEnvironment }] = await Promise.all([
    import('../../aws/retry.ts'),
    import('../../aws/deployment.ts'),
    import('../../aws/sdk-environment.ts'),
  ]);
  const table = output(await findDeployment(stack), 'StateTableName');
  const transport = createSignedClient({ env: await sdkEnvironment() });
  return {
    metrics: new CloudWatchMetricReader(),
    store: new DynamoSloStore(table, transport, { budget: new RetryBudget() }),
    changes: new DynamoSloChangeStore(table),
  };
}

/** @returns epoch milliseconds; undefined when nothing was said */
function startOf(options: BackfillOptions, now: number): number | undefined {
  if (options.from !== undefined && options.for !== undefined)
    throw wrongUsage('expected one of --from and --for', 'leave one of them out');
  if (options.from !== undefined) {
    const at = Date.parse(options.from);
    if (Number.isNaN(at))
      throw wrongUsage(`--from: expected a time such as 2026-09-01T00:00:00Z, got ${options.from}`);
    return at;
  }
  if (options.for === undefined) return undefined;
  const length = parseDuration(options.for);
  if (length === undefined) throw wrongUsage(`--for: expected a duration such as 90d, got ${options.for}`);
  return now - length;
}
