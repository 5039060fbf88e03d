// Times, turns, names and references as the section `onCall` has them.
import { z } from 'zod';
import { formatDuration, parseDuration } from '../../model/duration.ts';
import { section, words } from './parts.ts';

/** A duration within bounds, as milliseconds. */
export function duration(example: string, minMs: number, maxMs: number) {
  const expected = `a duration such as "${example}", from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  return read(expected, (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= minMs && ms <= maxMs ? ms : undefined;
  });
}

/** A time with its zone, as epoch milliseconds. */
export function moment() {
  return read('a time with its zone such as "2026-12-24T09:00:00+01:00"', (text) => {
    const ms = /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms;
  });
}

/** What a clock shows, as if it were UTC, in milliseconds. */
export function wallMoment() {
  return read('a time without a zone such as "2026-01-05T09:00"', (text) => {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return undefined;
    const ms = Date.parse(`${text}:00Z`);
    return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text) ? undefined : ms;
  });
}

/** The length of a turn: "12h", "1d", "2w". */
export function turn() {
  const units = { h: 'hour', d: 'day', w: 'week' } as const;
  return read('a turn such as "12h", "1d" or "2w"', (text) => {
    const match = /^([1-9]\d{0,3})([hdw])$/.exec(text);
    if (match === null) return undefined;
    return { count: Number(match[1]), unit: units[match[2] as keyof typeof units] };
  });
}

/** A time of day, as minutes after midnight, 1440 for "24:00". */
export function weekTime() {
  return read('a time of day such as "09:00"', (text) => {
    const match = /^(\d\d):(\d\d)$/.exec(text);
    if (match === null) return undefined;
    const [hour, minute] = [Number(match[1]), Number(match[2])];
    const minutes = hour * 60 + minute;
    return minute < 60 && minutes <= 1440 ? minutes : undefined;
  });
}

/** The name that something is given: it stands in addresses and keys. */
export function name() {
  const expected = 'a name of at most 64 letters, digits, "-", "_" and ".", not ending in ".ics"';
  return z
    .string({ error: expected })
    .refine((text) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text) && !text.endsWith('.ics'), {
      error: expected,
    });
}

/** A name that something else was given. */
export function names() {
  return z.string({ error: 'a name' });
}

/** Where a secret lies; never the secret. */
export function secretReference() {
  const expected = 'a reference such as { secret: "tidewatch/slack" } or { parameter: "/tidewatch/slack" }';
  return z.union(
    [
      section({ secret: words('a name', 512), key: words('a key', 512).optional() }).transform(
        ({ secret, key }) => (key === undefined ? { secret } : { secret, key }),
      ),
      section({ parameter: words('a name', 2048) }),
    ],
    { error: expected },
  );
}

function read<Output>(expected: string, of: (text: string) => Output | undefined) {
  return z.string({ error: expected }).transform((text, context) => {
    const value = of(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}
