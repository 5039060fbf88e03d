// Grouping log lines: what varies is masked, what is text stays, and patterns survive snapshots and merges.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { maskLine, messageOf } from '../../lib/anomaly/log-patterns/mask.ts';
import { patternChanges } from '../../lib/anomaly/log-patterns/pattern-changes.ts';
import { type LogPattern, PatternMiner } from '../../lib/anomaly/log-patterns/pattern-miner.ts';
import { registerLogPatterns } from '../../lib/cli/commands/log-patterns.ts';

describe('masking', () => {
  test.each([
    ['took 15 ms for /a/b/c', 'took <*> for <*>'],
    ['GET /orders/12 HTTP/1.1 200 in 1.5s', 'GET <*> <*> <*> in <*>'],
    ['size=5,total=1:2:3', 'size=<*>,total=<*>'],
    ['wrote 2048 bytes (2.0 KB) to disk', 'wrote <*> bytes to disk'],
    ['slower than <1 sec', 'slower than <*>'],
    ['session closed for user mary', 'session closed for user <*>'],
    ['login for bob from 10.0.0.7', 'login for <*> from <*>'],
    ['check pass; user unknown', 'check pass; user unknown'],
    ['db.internal.example.com:5432 refused', '<*> refused'],
    ['at Mon Jan 5 10:11:12 2026', 'at <*> <*> <*> <*> <*>'],
    ['job worker-17 done', 'job worker<*> done'],
    ['id -4711 and 4711', 'id <*> and <*>'],
    ['key 9f86d081884c7d65', 'key <*>'],
    ['java.lang.IllegalStateException: closed', 'java.lang.IllegalStateException: closed'],
    ['ready=true', 'ready=true'],
    ['enable......0x1f', 'enable......<*>'],
    ['   ', ''],
  ])('"%s" → "%s"', (line, expected) => {
    expect(maskLine(line).join(' ')).toBe(expected);
  });

  test('any line masks to words without white space, quickly and without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-ascii', maxLength: 300 })),
        (line) => {
          for (const word of maskLine(line)) expect(word).not.toMatch(/^$|[\t\n\r ]/);
        },
      ),
    );
  });

  test('a structured line is taken by its message', () => {
    expect(messageOf('{"level":"error","message":"no stock for 12"}')).toBe('no stock for 12');
    expect(messageOf('{"level":"error"}')).toBe('{"level":"error"}');
    expect(messageOf('{not json')).toBe('{not json');
  });
});

const template = ({ template: text }: LogPattern) => text;
const mined = (lines: readonly string[]) => {
  const miner = new PatternMiner();
  const ids = lines.map((line) => miner.add(line));
  return { miner, ids: ids.map((id) => miner.currentId(id)), templates: miner.patterns().map(template) };
};

describe('patterns', () => {
  test('lines that differ in numbers only are one pattern', () => {
    const { ids, miner } = mined(['order 1 paid in 20 ms', 'order 2 paid in 4000 ms', 'order 3 shipped']);
    expect(ids).toEqual([1, 1, 2]);
    expect(miner.patterns()[0]).toEqual({ id: 1, template: 'order <*> paid in <*>', count: 2 });
  });

  test('a few different words are different patterns', () => {
    const { templates } = mined([
      'service cart is starting',
      'service cart is stopping',
      'service cart is ready',
    ]);
    expect(templates).toHaveLength(3);
  });

  test('many different words in one place become one pattern, also for the lines that came first', () => {
    const names = ['ann', 'ben', 'cem', 'dia', 'eva', 'fin', 'gus', 'hal', 'ivo'];
    const { ids, templates } = mined(names.map((name) => `cache entry ${name} was evicted`));
    expect(new Set(ids).size).toBe(1);
    expect(templates).toEqual(['cache entry <*> was evicted']);
  });

  test('lines of different length are never one pattern, empty lines are one', () => {
    const { ids } = mined(['a b', 'a b c', '', '']);
    expect(ids).toEqual([1, 2, 3, 3]);
  });

  test('counts add up to the number of lines, whatever the lines are', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', '1', 'x=2', '/p/q');
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 5 })), (lines) => {
        const { miner, ids } = mined(lines.map((words) => words.join(' ')));
        const patterns = miner.patterns();
        expect(patterns.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
        for (const { id, count } of patterns) expect(ids.filter((other) => other === id)).toHaveLength(count);
      }),
    );
  });

  test('the table stays bounded when every line is new', () => {
    const miner = new PatternMiner();
    const letters = (number: number) =>
      [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    for (let line = 0; line < 12_000; line++) miner.add(`${letters(line)} ${letters(line * 7)} happened`);
    const patterns = miner.patterns();
    expect(patterns.length).toBeLessThanOrEqual(10_001);
    expect(patterns.reduce((sum, { count }) => sum + count, 0)).toBe(12_000);
  });
});

const GOLDEN = new URL('../golden/anomaly/', import.meta.url);
const inputs = readdirSync(GOLDEN).filter((name) => name.endsWith('.input.log'));

describe('golden files', () => {
  test.each(inputs)('%s gives the expected patterns', (name) => {
    const lines = readFileSync(new URL(name, GOLDEN), 'utf8').trimEnd().split('\n');
    const { miner, ids } = mined(lines);
    const found = { clusters: ids, patterns: miner.patterns() };
    const file = new URL(name.replace('.input.log', '.expected.json'), GOLDEN);
    // UPDATE_GOLDEN=1 rewrites the files; a person reads the difference.
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    expect(found).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });
});

describe('snapshots', () => {
  test('patterns of two functions merge by their templates, counts add up', () => {
    const here = mined(['order 1 paid', 'order 2 paid', 'cart empty']).miner;
    const there = mined(['cart empty', 'order 3 paid', 'disk full']).miner;
    const ids = here.merge(there.snapshot());
    expect(here.patterns().map(({ template: text, count }) => [text, count])).toEqual([
      ['order <*> paid', 3],
      ['cart empty', 2],
      ['disk full', 1],
    ]);
    expect(ids.get(1)).toBe(2);
  });

  test('a miner goes on from its snapshot', () => {
    const first = mined(['order 1 paid', 'cart empty']).miner;
    const second = new PatternMiner();
    second.merge(JSON.parse(JSON.stringify(first.snapshot())));
    second.add('order 77 paid');
    expect(second.patterns()[0]).toMatchObject({ template: 'order <*> paid', count: 2 });
  });

  test('a snapshot of another version is refused', () => {
    expect(() => new PatternMiner().merge({ version: 2, patterns: [] } as never)).toThrow('version 2');
  });
});

describe('changes', () => {
  const steady = [10, 12, 9, 11, 10, 8];
  const kindOf = (earlier: number[], now: number, text = 'order <*> paid') =>
    patternChanges([{ id: 1, template: text, earlier, now }]).map(({ kind }) => kind);

  test.each([
    ['a pattern that never came is new', [0, 0, 0, 0, 0, 0], 1, ['new']],
    ['a steady pattern that stays away has vanished', [20, 22, 19, 21, 20, 18], 0, ['vanished']],
    ['a rare pattern that stays away is nothing', [0, 1, 0, 2, 0, 1], 0, []],
    ['many times the usual is a surge', steady, 60, ['surging']],
    ['a little more than usual is nothing', steady, 16, []],
    ['too short a history says nothing', [0, 0], 500, []],
    ['a pattern that is still absent is nothing', [0, 0, 0, 0, 0, 0], 0, []],
  ] as const)('%s', (_, earlier, now, kinds) => {
    expect(kindOf([...earlier], now)).toEqual([...kinds]);
  });

  test('a new error outranks a new message', () => {
    const changes = patternChanges([
      { id: 1, template: 'hello <*>', earlier: [0, 0, 0, 0, 0, 0], now: 900 },
      { id: 2, template: 'payment failed: <*>', earlier: [0, 0, 0, 0, 0, 0], now: 1 },
    ]);
    expect(changes.map(({ id }) => id)).toEqual([2, 1]);
    expect(changes.every(({ score }) => score >= 0.5 && score <= 1)).toBe(true);
  });
});

test('the command prints one cluster id a line of the file, and the patterns', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patterns-'));
  writeFileSync(join(folder, 'a.log'), 'order 1 paid\r\n\norder 2 paid\ncart empty');
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const program = new Command().exitOverride().option('--json');
  registerLogPatterns(program);
  program.parse(['log-patterns', '--input', join(folder, 'a.log'), '--json'], { from: 'user' });
  spy.mockRestore();
  rmSync(folder, { recursive: true });
  expect(JSON.parse(written.join(''))).toEqual({
    clusters: [1, 2, 1, 3],
    patterns: [
      { id: 1, template: 'order <*> paid', count: 2 },
      { id: 2, template: '', count: 1 },
      { id: 3, template: 'cart empty', count: 1 },
    ],
  });
});
