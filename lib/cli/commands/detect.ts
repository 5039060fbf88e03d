// `tidewatch detect`: scores a series in a file, row by row, as the deployed detector would have done.
import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { Detector } from '../../anomaly/detector.ts';
import { csvCell, parseSeriesCsv } from '../../anomaly/series-csv.ts';
import { ALERT_SCORE, type DetectorHead } from '../../anomaly/settings.ts';
import { printJson, say, wantsJson } from '../output.ts';

interface DetectOptions {
  readonly input: string;
  readonly output: string;
  readonly head: DetectorHead;
}

const SCORE_DIGITS = 6;

const HELP = `
Examples:
  tidewatch detect --input latency.csv --output scored.csv
  tidewatch detect --input - --output - --head novelty < latency.csv`;

/** Adds `detect` to the program. */
export function registerDetect(program: Command): void {
  program
    .command('detect')
    .description('score each row of a series for anomalies, from earlier rows only')
    .requiredOption('--input <csv>', 'timestamp,value; "-" reads standard input')
    .requiredOption(
      '--output <csv>',
      'timestamp,value,anomaly_score (alert from 0.5); "-" writes standard output',
    )
    .addOption(
      new Option('--head <head>', 'which detector speaks')
        .choices(['novelty', 'deviation', 'both'])
        .default('both'),
    )
    .addHelpText('after', HELP)
    .action((options: DetectOptions, command: Command) => detect(options, wantsJson(command)));
}

function detect({ input, output, head }: DetectOptions, json: boolean): void {
  const rows = parseSeriesCsv(readFileSync(input === '-' ? 0 : input, 'utf8'));
  const detector = new Detector({ head });
  const lines = ['timestamp,value,anomaly_score'];
  let alerts = 0;
  for (const { timestamp, value, time, number } of rows) {
    const { score } = detector.push(time, number);
    if (score >= ALERT_SCORE) alerts++;
    lines.push(`${csvCell(timestamp)},${csvCell(value)},${roundDown(score)}`);
  }
  const text = `${lines.join('\n')}\n`;
  if (output === '-') process.stdout.write(text);
  else writeFileSync(output, text);
  if (json && output !== '-') printJson({ rows: rows.length, alerts, head });
  else say(`${rows.length} rows, ${alerts} of them alerts`);
}

/** Six digits, cut off rather than rounded, so that no score below the threshold is printed as one above. */
function roundDown(score: number): number {
  const scale = 10 ** SCORE_DIGITS;
  return Math.floor(score * scale) / scale;
}
