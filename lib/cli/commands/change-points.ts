// `tidewatch change-points`: where a series in a file changed for good.
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type ChangeKind, changePoints } from '../../anomaly/changes/change-points.ts';
import { parseSeriesCsv } from '../../anomaly/series-csv.ts';
import { printJson, printLine, wantsJson } from '../output.ts';

interface ChangePointsOptions {
  readonly input: string;
  readonly kind: ChangeKind;
}

const HELP = `
Examples:
  tidewatch change-points --input latency.csv
  tidewatch change-points --input memory.csv --kind trend --json`;

/** Adds `change-points` to the program. */
export function registerChangePoints(program: Command): void {
  program
    .command('change-points')
    .description('find when the level or the trend of a series changed for good')
    .requiredOption('--input <csv>', 'timestamp,value; "-" reads standard input')
    .addOption(new Option('--kind <kind>', 'what changed').choices(['level', 'trend']).default('level'))
    .addHelpText('after', HELP)
    .action((options: ChangePointsOptions, command: Command) => run(options, wantsJson(command)));
}

function run({ input, kind }: ChangePointsOptions, json: boolean): void {
  const rows = parseSeriesCsv(readFileSync(input === '-' ? 0 : input, 'utf8'));
  const usable = rows.filter(({ number }) => Number.isFinite(number));
  const found = changePoints(
    usable.map(({ number }) => number),
    { kind },
  ).map(({ index, before, after, confidence }) => ({
    timestamp: usable[index]!.timestamp,
    before,
    after,
    confidence,
  }));
  if (json) {
    printJson({ changePoints: found });
    return;
  }
  for (const { timestamp, before, after } of found) {
    printLine(`${timestamp}  ${kind} ${before.toPrecision(4)} → ${after.toPrecision(4)}`);
  }
}
