// Posting, changing and ending silences, as Alertmanager does it: a change that would rewrite the past makes a new one.
// Pure: what is to be written comes back. Source: Alertmanager's silence package and api/v2, read 2026-11
import { createMatcher, type Matcher, MatcherError } from '../matchers/matcher.ts';
import { type SilenceRejection, silenceRejection, silenceState } from '../muting/silence.ts';
import { storedMatcher } from '../muting/silence-record.ts';
import type { SilenceRecord } from '../ports.ts';
import { isObject } from './json-body.ts';
import { parseTimestamp } from './timestamp.ts';

/** A silence as it is posted, read and checked. */
export interface PostedSilence {
  /** Empty for a new one. */
  readonly id: string;
  readonly matchers: readonly Matcher[];
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Largest silence as JSON, in bytes: all silences are read together at each flush. */
export const MAX_SILENCE_BYTES = 32_768;
const MAX_MATCHERS = 100;

const REJECTIONS: Readonly<Record<SilenceRejection, string>> = {
  noMatchers: 'invalid silence: at least one matcher required',
  matchesEverything: 'invalid silence: at least one matcher must not match the empty string',
  endsBeforeStart: 'failed to create silence: start time must be before end time',
  endsInThePast: "failed to create silence: end time can't be in the past",
};

/** Reads a posted silence. @param caller who it is by if it does not say @returns a sentence if it is refused */
export function readPostedSilence(value: unknown, caller: string, now: number): PostedSilence | string {
  if (!isObject(value)) return 'expected an object with matchers, startsAt, endsAt, createdBy and comment';
  const { id = '', matchers, createdBy, comment, annotations = {} } = value;
  if (id !== null && typeof id !== 'string') return 'expected id as a text';
  if (!Array.isArray(matchers) || matchers.length === 0) return REJECTIONS.noMatchers;
  if (matchers.length > MAX_MATCHERS)
    return `expected at most ${MAX_MATCHERS} matchers, got ${matchers.length}`;
  const read: Matcher[] = [];
  for (const [i, item] of matchers.entries()) {
    const matcher = readMatcher(item);
    if (typeof matcher === 'string') return `matchers[${i}]: ${matcher}`;
    read.push(matcher);
  }
  const startsAt = timeOf(value.startsAt);
  const endsAt = timeOf(value.endsAt);
  if (startsAt === undefined || endsAt === undefined) {
    return 'expected startsAt and endsAt as RFC 3339 times, such as "2026-11-24T10:00:00Z"';
  }
  if (typeof createdBy !== 'string') return 'expected createdBy as a text';
  if (typeof comment !== 'string') return 'expected comment as a text';
  if (
    !isObject(annotations ?? {}) ||
    !Object.values(annotations ?? {}).every((text) => typeof text === 'string')
  ) {
    return 'expected annotations as an object of texts';
  }
  const rejection = silenceRejection({ id: '', matcherSets: [read], startsAt, endsAt }, now);
  if (rejection !== undefined) return REJECTIONS[rejection];
  if (startsAt === endsAt) return REJECTIONS.endsBeforeStart;
  const posted = {
    id: id ?? '',
    matchers: read,
    startsAt,
    endsAt,
    createdBy: createdBy === '' ? caller : createdBy,
    comment,
    annotations: (annotations ?? {}) as Record<string, string>,
  };
  const size = Buffer.byteLength(JSON.stringify(posted));
  return size > MAX_SILENCE_BYTES
    ? `the silence has ${size} bytes; expected at most ${MAX_SILENCE_BYTES}`
    : posted;
}

function readMatcher(item: unknown): Matcher | string {
  if (!isObject(item)) return 'expected an object with name, value and isRegex';
  const { name, value, isRegex, isEqual = true } = item;
  if (typeof name !== 'string' || name === '') return 'expected a name';
  if (typeof value !== 'string') return 'expected value as a text';
  if (typeof isRegex !== 'boolean' || (isEqual !== null && typeof isEqual !== 'boolean')) {
    return 'expected isRegex and isEqual as true or false';
  }
  const sign = isEqual === false ? '!' : '=';
  try {
    if (isRegex) return createMatcher(name, sign === '!' ? '!~' : '=~', value);
    return createMatcher(name, sign === '!' ? '!=' : '=', value);
  } catch (error) {
    if (error instanceof MatcherError) return error.message;
    throw error;
  }
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
  return time === 'none' ? undefined : time;
}

/**
 * What a post writes: the silence itself with a change that its state allows, or a new one and the end of the old.
 * @param known what is stored under the id; undefined for a new silence
 */
export function silenceWrites(
  posted: PostedSilence,
  known: SilenceRecord | undefined,
  newId: string,
  now: number,
): readonly SilenceRecord[] {
  const { matchers, id: _, ...rest } = posted;
  const matcherSets = [matchers.map(storedMatcher)];
  if (known !== undefined && canChange(known, posted, now)) {
    return [{ ...rest, id: known.id, matcherSets, updatedAt: now, version: known.version + 1 }];
  }
  const created: SilenceRecord = {
    ...rest,
    id: newId,
    matcherSets,
    // One cannot be silenced in the past.
    startsAt: Math.max(rest.startsAt, now),
    updatedAt: now,
    version: 1,
  };
  const ended = known === undefined ? undefined : endedSilence(known, now);
  return ended === undefined ? [created] : [created, ended];
}

/** The silence as it ends now; undefined if it has ended already. */
export function endedSilence(known: SilenceRecord, now: number): SilenceRecord | undefined {
  const state = stateOf(known, now);
  if (state === 'expired') return undefined;
  // The last instant of a silence belongs to it.
  const endsAt = now - 1;
  return {
    ...known,
    startsAt: state === 'pending' ? endsAt : Math.min(known.startsAt, endsAt),
    endsAt,
    updatedAt: now,
    version: known.version + 1,
  };
}

function canChange(known: SilenceRecord, posted: PostedSilence, now: number): boolean {
  const same = JSON.stringify(known.matcherSets) === JSON.stringify([posted.matchers.map(storedMatcher)]);
  if (!same) return false;
  switch (stateOf(known, now)) {
    case 'active':
      return seconds(posted.startsAt) === seconds(known.startsAt) && posted.endsAt >= now;
    case 'pending':
      return posted.startsAt >= now;
    case 'expired':
      return false;
  }
}

function stateOf({ id, startsAt, endsAt }: SilenceRecord, now: number) {
  return silenceState({ id, matcherSets: [], startsAt, endsAt }, now);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
