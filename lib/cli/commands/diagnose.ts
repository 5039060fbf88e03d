// `tidewatch diagnose`: why a service answers slowly, from a file of its metrics.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { diagnoseHighLatency } from '../../anomaly/causes/diagnose-latency.ts';
import { columnOf, parseNumberTable } from '../../anomaly/number-table.ts';
import { printJson, printLine, say, wantsJson } from '../output.ts';

const MEASURED = ['db_latency', 'cpu_usage', 'memory_usage'] as const;

const HELP = `
Examples:
  tidewatch diagnose --input service.csv`;

/** Adds `diagnose` to the program. */
export function registerDiagnose(program: Command): void {
  program
    .command('diagnose')
    .description('say why a service answers slowly')
    .requiredOption(
      '--input <file>',
      'CSV or JSON, oldest first: latency, db_latency (ms), cpu_usage, memory_usage (0 to 1); "-" reads standard input',
    )
    .addHelpText('after', HELP)
    .action(({ input }: { input: string }, command: Command) => run(input, wantsJson(command)));
}

function run(input: string, json: boolean): void {
  const table = parseNumberTable(readFileSync(input === '-' ? 0 : input, 'utf8'));
  const absent = MEASURED.filter((name) => columnOf(table, name).every(Number.isNaN));
  if (absent.length > 0) say(`no values of ${absent.join(', ')}: nothing can be said of it`);
  const [latency, database, cpu, memory] = ['latency', ...MEASURED].map((name) => columnOf(table, name));
  const diagnosis = diagnoseHighLatency(
    table.rows.map((_, at) => ({
      latency: latency![at]!,
      db_latency: database![at]!,
      cpu_usage: cpu![at]!,
      memory_usage: memory![at]!,
    })),
  );
  if (json) printJson(diagnosis);
  else if (diagnosis.status === 'normal') printLine('normal');
  else {
    for (const { component, score } of diagnosis.root_causes) printLine(`${score.toFixed(2)}  ${component}`);
    printLine(diagnosis.recommended_action);
  }
}
