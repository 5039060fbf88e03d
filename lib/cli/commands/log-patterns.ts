// `tidewatch log-patterns`: which kinds of line a log file holds, and how many of each.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { PatternMiner } from '../../anomaly/log-patterns/pattern-miner.ts';
import { printLine, table, wantsJson } from '../output.ts';

const HELP = `
Examples:
  tidewatch log-patterns --input service.log

With --json: { "clusters": [one id a line], "patterns": [{ "id", "template", "count" }] }`;

/** Adds `log-patterns` to the program. */
export function registerLogPatterns(program: Command): void {
  program
    .command('log-patterns')
    .description('group the lines of a log file into patterns')
    .requiredOption('--input <file>', 'one line an event; "-" reads standard input')
    .addHelpText('after', HELP)
    .action(({ input }: { input: string }, command: Command) => mine(input, wantsJson(command)));
}

function mine(input: string, json: boolean): void {
  const lines = readFileSync(input === '-' ? 0 : input, 'utf8').split('\n');
  // What follows the last line break is no line.
  if (lines.at(-1) === '') lines.pop();
  const miner = new PatternMiner();
  const ids = lines.map((line) => miner.add(line));
  const patterns = miner.patterns();
  if (json) {
    const clusters = ids.map((id) => miner.currentId(id));
    // One line: the clusters of a large file are not for reading.
    printLine(JSON.stringify({ clusters, patterns }));
    return;
  }
  const rows = patterns.map(({ id, template, count }) => [String(count), String(id), template]);
  printLine(table([['count', 'id', 'template'], ...rows]));
}
