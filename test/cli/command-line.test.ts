// The frame of the command line: exit codes, streams, help; and `check`.
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../lib/cli/program.ts';
import { ROOT } from '../support/import-graph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tidewatch } from './run-cli.ts';

describe('tidewatch', () => {
  test('shows help with examples on stdout and exits with 0', async () => {
    const { code, stdout, stderr } = await tidewatch('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of buildProgram().commands) expect(stdout).toContain(command.name());
    expect(stdout).toContain('Examples:');
  });

  test('without a command shows help on stderr and exits with 2', async () => {
    const { code, stdout, stderr } = await tidewatch();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: tidewatch');
  });

  test.each([
    ['an unknown command', ['deploy'], "unknown command 'deploy'"],
    ['an unknown option', ['check', '--fast'], "unknown option '--fast'"],
    ['a missing argument', ['keys', 'revoke'], "missing required argument 'id'"],
    ['an argument too many', ['doctor', 'now'], 'too many arguments'],
    ['an impossible value', ['redrive', '--limit', '0'], '--limit: expected a whole number above 0, got "0"'],
    ['an unknown scope', ['keys', 'create', '--scopes', 'root'], 'got "root"'],
  ])('exits with 2 on %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await tidewatch(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('says its version', async () => {
    expect(await tidewatch('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test('gives each command a description and help of its own', async () => {
    for (const command of buildProgram().commands) {
      expect(command.description(), command.name()).not.toBe('');
      expect(await tidewatch(command.name(), '--help')).toMatchObject({ code: 0, stderr: '' });
    }
  });

  test('uses no colours when nobody looks, and starts as a program', () => {
    const run = spawnSync(process.execPath, [join(ROOT, 'lib/cli/main.ts'), 'check', 'no.config.ts'], {
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined },
    });
    expect(run).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'error: there is no configuration file no.config.ts\n',
    });
  });
});

describe('tidewatch check', () => {
  const example = (name: string) => join(ROOT, 'examples', name);
  const examples = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.config.ts'));

  test.each([...examples.map(example), join(ROOT, 'tidewatch.config.ts')])(
    'finds no problem in %s',
    async (path) => {
      expect(await tidewatch('check', path)).toEqual({ code: 0, stdout: `ok ${path}\n`, stderr: '' });
    },
  );

  test('lists every problem on stderr and exits with 1', async () => {
    const path = configOf(`{ tiers: { hot: '8d', frozenFrom: '60d' }, metric: {} }`);
    const { code, stdout, stderr } = await tidewatch('check', path);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error {2}metric: unknown key.*\nerror {2}tiers\.hot: .*\n2 errors, 0 warnings\n$/,
    );
  });

  test('gives the same as JSON on stdout, wherever --json stands', async () => {
    const path = configOf(`{ tiers: { frozenFrom: '60d' } }`);
    for (const args of [
      ['--json', 'check', path],
      ['check', path, '--json'],
    ]) {
      const { code, stdout } = await tidewatch(...args);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: true,
        problems: [{ level: 'warning', path: 'tiers.frozenFrom' }],
      });
    }
  });

  test.each([
    ['is missing', undefined, 'there is no configuration file'],
    [
      'has no default export',
      'export const a = 1;',
      'has no default export; expected export default defineTidewatch',
    ],
    ['throws', 'throw new Error("no secrets here");', 'cannot be loaded\n  because: no secrets here'],
  ])('says so when the file %s', async (_how, text, message) => {
    const path = text === undefined ? 'missing.config.ts' : configFile(text);
    const { code, stderr } = await tidewatch('check', path);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  function configOf(config: string): string {
    return configFile(`export default ${config};`);
  }

  function configFile(text: string): string {
    const path = join(temporaryFolder(), 'tidewatch.config.ts');
    writeFileSync(path, text);
    return path;
  }
});
