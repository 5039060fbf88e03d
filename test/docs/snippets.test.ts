// What README and docs/ show can be used as it stands there: configurations, commands, links.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../lib/cli/program.ts';
import { checkConfig } from '../../lib/config/compile.ts';
import { defineTidewatch, slo } from '../../lib/config/define.ts';
import { ROOT } from '../support/import-graph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { blocks, commandLines, PAGES } from './pages.ts';

/** Code of a CDK app, which is no configuration. */
const APP = /\bnew (Tidewatch|Pipeline)\(/;
/** test/channels/documentation.test.ts sends what this page shows. */
const TESTED_ELSEWHERE = 'docs/channels.md';

const configurations = PAGES.filter(({ file }) => file !== TESTED_ELSEWHERE).flatMap((page) =>
  blocks(page, 'ts')
    .filter((code) => !APP.test(code))
    .map((code) => [page.file, code] as const),
);

/** A whole file, some of its settings, one metric to watch, or a part of `alerting`. */
function evaluate(code: string): unknown {
  const alertmanagerFile = join(temporaryFolder(), 'alertmanager.yml');
  writeFileSync(alertmanagerFile, 'route: { receiver: a }\nreceivers: [{ name: a }]\n');
  const body = code
    .replaceAll(/^import .*$/gm, '')
    .replace("'alertmanager.yml'", JSON.stringify(alertmanagerFile))
    .replace("'slos/*.yaml'", "'examples/slos/*.yaml'")
    .trim();
  const expression = body.startsWith('export default')
    ? body.replace('export default', '').replace(/;\s*$/, '')
    : /^\{ *namespace:/.test(body)
      ? `{ anomalies: { watch: [${body}] } }`
      : body.startsWith('recurringSilences:')
        ? `{ alerting: { route: { receiver: 'a' }, receivers: [{ name: 'a' }], ${body} } }`
        : `{ ${body} }`;
  return JSON.parse(JSON.stringify(runInNewContext(`(${expression})`, { defineTidewatch, slo })));
}

test('pages show configurations', () => {
  expect(configurations.length).toBeGreaterThan(8);
});

test.each(configurations)('a configuration of %s passes the check: %s', (_file, code) => {
  const { problems } = checkConfig(evaluate(code));
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
});

const program = buildProgram();

/** Without what a column or a comment says of it. */
function wordsOf(line: string): readonly string[] {
  return line.replace(/ {2,}.*| # .*/, '').split(' ');
}

const lines = PAGES.flatMap((page) => commandLines(page).map((line) => [page.file, line] as const));

/** The command that the first words name. */
function commandOf(words: readonly string[]): {
  readonly command: Command;
  readonly rest: readonly string[];
} {
  let command = program;
  let rest = words;
  for (;;) {
    const next = command.commands.find((child) => child.name() === rest[0]);
    if (next === undefined) return { command, rest };
    command = next;
    rest = rest.slice(1);
  }
}

/** Whether these words are a command, with arguments that it takes and options that it has. */
function isCommand(words: readonly string[]): boolean {
  const { command, rest } = commandOf(words);
  if (command === program) return false;
  const known = new Set(['--json', '--help']);
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const { long } of at.options) if (long) known.add(long);
  }
  if (rest.some((word) => word.startsWith('--') && !known.has(word))) return false;
  // A group takes options, of the command that it means when none is named, but no words.
  return command.commands.length === 0 || rest[0] === undefined || !/^[a-z][a-z-]*$/.test(rest[0]);
}

/** `oncall` alone is `oncall who`. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = { oncall: ['oncall', 'who'] };

test.each(lines)('%s: tidewatch %s', (_file, line) => {
  const words = wordsOf(line);
  const meant = words[1]?.startsWith('--') ? (DEFAULTS[words[0]!] ?? []) : [];
  expect(isCommand(words) || isCommand([...meant, ...words.slice(1)])).toBe(true);
});

test('every command of the table of README.md is there', () => {
  const table = PAGES.find(({ file }) => file === 'README.md')!.text.split('## The command line')[1]!;
  const cells = [...table.split('\n## ')[0]!.matchAll(/^\| (`.*?) \| /gm)].map(([, cell]) => cell!);
  expect(cells.length).toBeGreaterThan(10);
  for (const cell of cells) {
    let group = '';
    for (const [, span] of cell.matchAll(/`([^`]+)`/g)) {
      const words = span!.split(' ');
      expect(isCommand(words) || isCommand([group, ...words]), `${span} in ${cell}`).toBe(true);
      if (words.length > 1) group = words[0]!;
    }
  }
});

function* leaves(command: Command): Generator<Command> {
  if (command.commands.length === 0) yield command;
  for (const child of command.commands) yield* leaves(child);
}

/** Help with what is added behind it. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe('the help of', () => {
  test.each(
    [...leaves(program)]
      .filter((command) => command.name() !== 'help')
      .map((command) => [pathOf(command), command] as const),
  )('%s has examples of itself', (path, command) => {
    expect(helpOf(command)).toMatch(new RegExp(`Examples?:\\n[\\s\\S]*tidewatch ${path}\\b`));
  });
});

/** As people type it. */
function pathOf(command: Command): string {
  if (command.name() === 'who') return 'oncall';
  return command.parent === null || command.parent === program
    ? command.name()
    : `${pathOf(command.parent)} ${command.name()}`;
}

const links = PAGES.flatMap(({ file, text }) =>
  [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
    ([, target]) => [file, target!] as const,
  ),
);

test.each(links)('%s links to %s, which is there', (file, target) => {
  expect(existsSync(join(ROOT, dirname(file), target))).toBe(true);
});
