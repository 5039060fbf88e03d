// `tidewatch slo propose`: which objective a history would have met.
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { formatDuration, parseDuration } from '../../model/duration.ts';
import { PermanentError } from '../../model/errors.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, say, wantsJson } from '../output.ts';

const HELP = `
Examples:
  tidewatch slo propose --series requests.csv
  tidewatch slo propose --series requests.csv --period 7d --json

The file has rows of timestamp (epoch seconds), good, total, as for "slo backtest". Three months say more than one. What
is proposed is what the worst period met: whether users are content with it, the file does not know.

With --json: { "period", "periods", "achieved", "best", "worst", "proposed", "next": { "objective", "met",
"failuresTooMany" }, "budgetMinutes", "budgetEvents" }`;

interface ProposeOptions {
  readonly series: string;
  readonly period: string;
}

/** Adds `propose` to `slo`. */
export function registerSloPropose(slo: Command): void {
  slo
    .command('propose')
    .description('which objective a history would have met, and what the next one would take')
    .requiredOption('--series <csv>', 'timestamp,good,total; "-" reads standard input')
    .option('--period <duration>', 'period of the budget', '30d')
    .addHelpText('after', HELP)
    .action(propose);
}

async function propose({ series, period }: ProposeOptions, command: Command): Promise<void> {
  const periodMs = parseDuration(period);
  if (periodMs === undefined || periodMs === 0)
    throw wrongUsage(`--period: expected a duration such as "30d", got "${period}"`);
  if (series !== '-' && !existsSync(series)) throw wrongUsage(`there is no file ${series}`);
  const [{ parseSeries }, { proposeObjective }] = await Promise.all([
    import('../../slo/backtest/series-csv.ts'),
    import('../../slo/proposal/propose.ts'),
  ]);
  const { points } = parseSeries(readFileSync(series === '-' ? 0 : series, 'utf8'));
  const proposal = proposeObjective(points, periodMs);
  if (proposal === undefined) throw new PermanentError('malformed', `${series}: no row with events`);
  if (wantsJson(command)) return printJson({ period: formatDuration(periodMs), ...proposal });
  const { achieved, best, worst, periods, proposed, next, budgetMinutes, budgetEvents } = proposal;
  printLine(`achieved ${percent(achieved)}; best ${percent(best)}, worst ${percent(worst)} in ${period}`);
  if (proposed === null) printLine('no usual objective was met in the worst period');
  else
    printLine(
      `${percent(proposed)} would have been met in each of ${periods} periods of ${period}: ${budgetMinutes} minutes, or ${budgetEvents} failures`,
    );
  if (next !== null)
    printLine(
      `${percent(next.objective)} would have been met in ${next.met}; the worst had ${next.failuresTooMany} failures too many`,
    );
  say('write down why users need what you choose: "rationale"');
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(6))}%`;
}
