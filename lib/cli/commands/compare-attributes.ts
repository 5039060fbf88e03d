// `tidewatch compare-attributes`: what bad requests have in common that good ones have not.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parseAttributesJsonl } from '../../anomaly/causes/attributes-jsonl.ts';
import { compareAttributes } from '../../anomaly/causes/compare-attributes.ts';
import { PermanentError } from '../../model/errors.ts';
import { printJson, printLine, table, wantsJson } from '../output.ts';

interface CompareOptions {
  readonly bad: string;
  readonly good: string;
}

/** Differences listed for a person; `--json` lists all. */
const LISTED = 10;

const HELP = `
Examples:
  tidewatch compare-attributes --bad slow.jsonl --good others.jsonl`;

/** Adds `compare-attributes` to the program. */
export function registerCompareAttributes(program: Command): void {
  program
    .command('compare-attributes')
    .description('rank the attributes that tell bad records from good ones')
    .requiredOption(
      '--bad <jsonl>',
      'slow or failed requests: one object of attributes a line, such as spans',
    )
    .requiredOption('--good <jsonl>', 'the others')
    .addHelpText('after', HELP)
    .action((options: CompareOptions, command: Command) => run(options, wantsJson(command)));
}

function run({ bad, good }: CompareOptions, json: boolean): void {
  const differences = compareAttributes(read('--bad', bad), read('--good', good));
  if (json) printJson({ differences });
  else if (differences.length === 0) printLine('nothing differs beyond chance');
  else {
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    const rows = differences
      .slice(0, LISTED)
      .map((one) => [
        one.score.toFixed(2),
        percent(one.bad),
        percent(one.good),
        one.attribute,
        one.condition,
      ]);
    printLine(table([['score', 'bad', 'good', 'attribute', ''], ...rows]));
  }
}

function read(option: string, file: string) {
  const records = parseAttributesJsonl(readFileSync(file, 'utf8'));
  if (records.length > 0) return records;
  throw new PermanentError('malformed', `${option}: expected at least one record, ${file} has none`);
}
