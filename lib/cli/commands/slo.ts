// `tidewatch slo`: burn-rate windows of a file, a replay of a series, and definitions of other tools taken over.
import type { Command } from 'commander';
import { formatDuration } from '../../model/duration.ts';
import { printJson, printLine, table, wantsJson } from '../output.ts';
import { readSloFile } from '../slo-file.ts';

const FILE =
  'OpenSLO v1 YAML, Tidewatch YAML or JSON with a list "slos", or a configuration; "-" reads standard input';

/** Adds `slo` and its parts to the program. */
export function registerSlo(program: Command): void {
  const slo = program.command('slo').description('service level objectives: windows, replay, import');
  slo
    .command('windows')
    .description('burn-rate windows, factors and budget shares of each SLO')
    .argument('<file>', FILE)
    .action((file: string, _options: unknown, command: Command) => windows(file, wantsJson(command)));
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
  const head = ['slo', 'severity', 'long', 'short', 'budget', 'factor'];
  const rows = listed.flatMap((entry) =>
    entry.windows.map((pair) => [
      entry.slo,
      pair.severity,
      pair.longWindow,
      pair.shortWindow,
      `${Number((pair.budgetShare * 100).toPrecision(4))}%`,
      String(Number(pair.factor.toPrecision(4))),
    ]),
  );
  printLine(table([head, ...rows]));
}
