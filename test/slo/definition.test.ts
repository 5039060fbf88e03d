// Definitions in both forms: golden files, what is refused, round trips, calendars, repetitions, hostile input.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readYamlDocuments, writeYaml } from '../../lib/config/yaml-documents.ts';
import { instantOf, wallTime } from '../../lib/model/time-zone.ts';
import {
  type BudgetPeriod,
  DEFAULT_ANCHOR,
  periodEnd,
  periodStart,
} from '../../lib/slo/definition/budget-period.ts';
import { readSlos, type SloReading } from '../../lib/slo/definition/read-slos.ts';
import { parseRule } from '../../lib/slo/definition/repeat-rule.ts';
import { ExclusionCalendar, Occurrences } from '../../lib/slo/definition/schedule.ts';
import { writeSlo } from '../../lib/slo/definition/write-slo.ts';
import { isOpenSlo } from '../../lib/slo/openslo/document-set.ts';
import { readOpenSlo } from '../../lib/slo/openslo/read-openslo.ts';
import { DAY, HOUR } from './support.ts';

const GOLDEN = new URL('../golden/slo/', import.meta.url);
const names = readdirSync(GOLDEN)
  .filter((file) => file.endsWith('.input.yaml'))
  .map((file) => file.replace('.input.yaml', ''));

function read(text: string): SloReading {
  const { documents, problems } = readYamlDocuments(text);
  if (problems.length > 0) return { slos: [], problems };
  if (documents.some(({ value }) => isOpenSlo(value))) return readOpenSlo(documents);
  return readSlos((documents[0]?.value as { slos?: unknown } | undefined)?.slos);
}

describe('golden files', () => {
  test.each(names)('%s is read as expected', (name) => {
    const found = read(readFileSync(new URL(`${name}.input.yaml`, GOLDEN), 'utf8'));
    const file = new URL(`${name}.expected.json`, GOLDEN);
    // UPDATE_GOLDEN=1 rewrites the files; a person reads the difference.
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(found, null, 1)}\n`);
    expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  test.each(names.filter((name) => !name.endsWith('mistakes')))(
    '%s survives being written and read',
    (name) => {
      const { slos } = read(readFileSync(new URL(`${name}.input.yaml`, GOLDEN), 'utf8'));
      expect(slos.length).toBeGreaterThan(0);
      const again = read(writeYaml({ slos: slos.map(writeSlo) })).slos;
      // What only Tidewatch's own form has is not written: see writeSlo.
      const own = { exclusions: [], adjustments: [], policy: [], guards: undefined };
      expect(again.map((slo) => ({ ...slo, ...own }))).toEqual(slos.map((slo) => ({ ...slo, ...own })));
    },
  );
});

describe('hostile input', () => {
  test('any text is read or refused with problems, never with an exception', () => {
    const words = [
      'apiVersion: openslo/v1',
      'kind: SLO',
      'slos:',
      '- name: a',
      '&a',
      '*a',
      '---',
      '  ',
      '{',
      '[',
      ': ',
      '!!js/function',
      '<<: *a',
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 200 }),
          fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => parts.join('\n')),
        ),
        (text) => {
          expect(Array.isArray(read(text).slos)).toBe(true);
        },
      ),
    );
  });

  test('any value in place of any other is refused with problems, never with an exception', () => {
    const base = read(readFileSync(new URL('tidewatch-shop.input.yaml', GOLDEN), 'utf8')).slos.map(writeSlo);
    const documents = readYamlDocuments(
      readFileSync(new URL('openslo-everything.input.yaml', GOLDEN), 'utf8'),
    ).documents;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.nat(), fc.boolean(), (value, place, open) => {
        const whole = structuredClone(open ? documents : base);
        replaceNode(whole, place, value);
        const result = open ? readOpenSlo(whole as typeof documents) : readSlos(whole);
        expect(Array.isArray(result.problems)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('names that every object has are unknown keys, not values', () => {
    const { problems } = readSlos([
      JSON.parse('{"__proto__": {"name": "x"}, "constructor": 1, "name": "a"}'),
    ]);
    expect(problems.map(({ path }) => path)).toContain('slos[0].constructor');
    expect(problems.map(({ path }) => path)).toContain('slos[0].__proto__');
  });

  test('a file that unfolds into more than memory holds is refused', () => {
    const levels = 'bcdefghij'.split('').map((name, index) => {
      const before = String.fromCharCode(97 + index);
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
    });
    const { documents, problems } = readYamlDocuments(`a: &a [x]\n${levels.join('\n')}`);
    expect(documents).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});

/** Puts a value in place of the nth node of a tree. */
function replaceNode(tree: unknown, place: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(tree);
  // The list of documents and their paths are not part of what a person wrote.
  const written = places.filter(([, key]) => key !== 'path' && !/^\d+$/.test(key));
  const [holder, key] = written[place % written.length]!;
  holder[key] = value;
}

describe('periods', () => {
  const month = (timeZone: string, anchor = DEFAULT_ANCHOR): BudgetPeriod => ({
    kind: 'calendar',
    unit: 'month',
    count: 1,
    timeZone,
    anchor,
  });

  test('of a calendar begin by the clock of their zone, over changes of the clock', () => {
    const at = Date.parse('2026-03-30T12:00:00Z');
    expect(new Date(periodStart(month('Europe/Berlin'), at)).toISOString()).toBe('2026-02-28T23:00:00.000Z');
    expect(new Date(periodEnd(month('Europe/Berlin'), at)).toISOString()).toBe('2026-03-31T22:00:00.000Z');
  });

  test('that begin on the 31st begin shorter months on their last day', () => {
    const period = month('UTC', { ...DEFAULT_ANCHOR, day: 31 });
    const at = Date.parse('2026-03-15T00:00:00Z');
    expect(new Date(periodStart(period, at)).toISOString()).toBe('2026-02-28T00:00:00.000Z');
    expect(new Date(periodEnd(period, at)).toISOString()).toBe('2026-03-31T00:00:00.000Z');
  });

  test('follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('day', 'week', 'month', 'quarter', 'year'),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'),
        fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2040, 0, 1) }),
        (unit, count, timeZone, at) => {
          const period = { kind: 'calendar', unit, count, timeZone, anchor: DEFAULT_ANCHOR } as BudgetPeriod;
          const [start, end] = [periodStart(period, at), periodEnd(period, at)];
          expect(start).toBeLessThanOrEqual(at);
          expect(end).toBeGreaterThan(at);
          expect(periodEnd(period, start - 1)).toBe(start);
          expect(periodStart(period, end)).toBe(end);
        },
      ),
    );
  });

  test('a wall time has the instant at which the clock shows it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000_000_000 }),
        fc.constantFrom('UTC', 'Europe/London'),
        (seconds, zone) => {
          const shown = wallTime(seconds * 1000, zone);
          // An hour that the clock shows twice is found at its first time.
          expect([0, HOUR]).toContain(seconds * 1000 - instantOf(shown, zone));
        },
      ),
    );
  });
});

describe('repeated times', () => {
  const times = (rule: string, start: string, timeZone: string, count: number): string[] => {
    const repeat = parseRule(rule);
    if (typeof repeat === 'string') return [repeat];
    const occurrences = new Occurrences({ start: Date.parse(start), repeat, timeZone });
    const found: string[] = [];
    for (
      let at = Date.parse(start);
      found.length < count && at < Date.parse(start) + 900 * DAY;
      at += HOUR / 2
    ) {
      const last = occurrences.lastUntil(at);
      if (last !== undefined && last.index === found.length) found.push(new Date(last.start).toISOString());
    }
    return found.map((text) => text.slice(0, 16));
  };

  test('stay at the same time of day when the clock changes', () => {
    expect(times('FREQ=WEEKLY;BYDAY=SA,SU', '2026-03-28T01:00:00Z', 'Europe/Berlin', 3)).toEqual([
      '2026-03-28T01:00',
      '2026-03-29T01:00',
      '2026-04-04T00:00',
    ]);
  });

  test('follow interval, count and until', () => {
    expect(times('FREQ=DAILY;INTERVAL=3;COUNT=2', '2026-01-01T00:00:00Z', 'UTC', 9)).toEqual([
      '2026-01-01T00:00',
      '2026-01-04T00:00',
    ]);
    expect(times('FREQ=MONTHLY;UNTIL=20260601', '2026-01-31T00:00:00Z', 'UTC', 9)).toEqual([
      '2026-01-31T00:00',
      '2026-03-31T00:00',
      '2026-05-31T00:00',
    ]);
    expect(times('FREQ=WEEKLY;INTERVAL=2', '2026-01-07T00:00:00Z', 'UTC', 2)).toEqual([
      '2026-01-07T00:00',
      '2026-01-21T00:00',
    ]);
  });

  test.each([
    'FREQ=YEARLY',
    'FREQ=DAILY;BYHOUR=3',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=1;UNTIL=20260101',
    'FREQ=WEEKLY;BYDAY=1MO',
    'FREQ=MONTHLY;BYDAY=MO',
    '',
  ])('"%s" is refused, not ignored', (rule) => {
    expect(typeof parseRule(rule)).toBe('string');
  });

  test('any text is a rule or refused', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(['string', 'object']).toContain(typeof parseRule(text));
      }),
    );
  });

  test('cover their duration and nothing else', () => {
    const repeat = parseRule('FREQ=DAILY');
    if (typeof repeat === 'string') throw new Error(repeat);
    const start = Date.UTC(2026, 0, 1, 2);
    const calendar = new ExclusionCalendar([
      { schedule: { start, repeat, timeZone: 'UTC' }, durationMs: HOUR, reason: 'x', author: 'y' },
    ]);
    expect(
      [start - 1, start, start + HOUR - 1, start + HOUR, start + DAY].map((at) => calendar.covers(at)),
    ).toEqual([false, true, true, false, true]);
  });
});
