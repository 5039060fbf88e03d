// `tidewatch redrive`: dead letters of telemetry or of alerts back to where they came from.
import type { Command } from 'commander';
import { CheckFailed, wrongUsage } from '../failures.ts';
import { printJson, printLine, say, table, wantsJson } from '../output.ts';
import { addStackOption, type StackOption } from '../stack-option.ts';

const HELP = `
Examples:
  tidewatch redrive --dry-run     how many there are, and why
  tidewatch redrive --limit 10    try a few first
  tidewatch redrive --queue alerts

What fails again comes back with its reason; letters that arrive while this runs stay where they are.
With --json: { "moved" or "counted", "failed", "byReason": { reason: count }, "limited": more may be there }`;

interface RedriveCommandOptions extends StackOption {
  readonly dryRun?: boolean;
  readonly limit: number;
  readonly queue: keyof typeof QUEUES;
}

/** Stack outputs of a dead-letter queue and of the queue that its letters came from. */
const QUEUES = {
  telemetry: ['TelemetryDeadLetterQueueUrl', 'TelemetryQueueUrl'],
  alerts: ['AlertDeadLetterQueueUrl', 'AlertQueueUrl'],
} as const;

export function registerRedrive(program: Command): void {
  addStackOption(program.command('redrive').description('put dead letters back on their queue'))
    .option('--queue <name>', 'telemetry or alerts', parseQueue, 'telemetry')
    .option('--dry-run', 'count them by reason, move nothing')
    .option('--limit <count>', 'at most so many', parseCount, Number.POSITIVE_INFINITY)
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: RedriveCommandOptions, command: Command): Promise<void> {
  const [{ findDeployment, output }, { SqsRedriveQueue }, { redrive }] = await Promise.all([
    import('../../aws/deployment.ts'),
    import('../../aws/redrive-queue.ts'),
    import('../../redrive/redrive.ts'),
  ]);
  const deployment = await findDeployment(options.stack);
  const [letters, origin] = QUEUES[options.queue];
  const queue = new SqsRedriveQueue(output(deployment, letters), output(deployment, origin));
  const dryRun = options.dryRun === true;
  const result = await redrive(queue, {
    limit: options.limit,
    dryRun,
    startedAtMs: Date.now(),
    onProgress: (count) => {
      if (process.stderr.isTTY && count > 0) process.stderr.write(`\r${count} …`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r');
  const { total, failed, byReason, limited } = result;
  if (wantsJson(command)) printJson({ [dryRun ? 'counted' : 'moved']: total, failed, byReason, limited });
  else if (total + failed === 0) printLine('no dead letters');
  else {
    const rows = Object.entries(byReason).map(([reason, count]) => [reason, String(count)]);
    printLine(table([['REASON', dryRun ? 'COUNTED' : 'MOVED'], ...rows]));
    if (limited) say(`stopped at ${options.limit}; more may be there`);
  }
  if (failed > 0) {
    say(`${failed} could not be moved and are still in the dead-letter queue`);
    throw new CheckFailed();
  }
}

function parseQueue(text: string): keyof typeof QUEUES {
  if (text === 'telemetry' || text === 'alerts') return text;
  throw wrongUsage(`--queue: expected telemetry or alerts, got ${JSON.stringify(text)}`);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw wrongUsage(`--limit: expected a whole number above 0, got ${JSON.stringify(text)}`);
}
