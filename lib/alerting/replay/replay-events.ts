// The lines of a replay: alerts, silences and failing receivers, each at a time from the start.
import { PermanentError } from '../../model/errors.ts';
import type { LabelSet } from '../matchers/matcher.ts';
import { createMatcher, type Matcher, MatcherError, type MatcherOperator } from '../matchers/matcher.ts';

/** All times are milliseconds from the start. */
export type ReplayEvent =
  | {
      readonly kind: 'alert';
      readonly atMs: number;
      readonly labels: LabelSet;
      readonly annotations: LabelSet;
      readonly startsAtMs: number | undefined;
      readonly endsAtMs: number | undefined;
    }
  | {
      readonly kind: 'silence';
      readonly atMs: number;
      readonly matchers: readonly Matcher[];
      readonly endsAtMs: number;
    }
  /** `silence` counts the silences in the order of the file. */
  | { readonly kind: 'expireSilence'; readonly atMs: number; readonly silence: number }
  | {
      readonly kind: 'receiverFails';
      readonly atMs: number;
      readonly receiver: string;
      readonly untilMs: number;
      readonly status: number;
    };

type Json = Readonly<Record<string, unknown>>;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TIME = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/;
const TIME_PART = /(\d+(?:\.\d+)?)(ms|[smhd])/g;

/** Milliseconds of a time such as "70s", "4.42s" or "1m30s"; undefined if it is none. */
export function parseReplayTime(text: string): number | undefined {
  if (!TIME.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(TIME_PART)) ms += Number(count) * UNIT_MS[unit!]!;
  // 4.42 * 1000 is not quite 4420.
  return Math.round(ms * 1_000) / 1_000;
}

/**
 * Reads a replay, one JSON object a line; empty lines are left aside.
 * @returns in the order of time, equal times in the order of the file
 * @throws PermanentError wrongUsage that lists every bad line
 */
export function parseReplayEvents(text: string): ReplayEvent[] {
  const problems: string[] = [];
  const events = text.split('\n').flatMap((line, i): ReplayEvent[] => {
    if (line.trim() === '') return [];
    const event = parseLine(line);
    if (typeof event !== 'string') return [event];
    problems.push(`  line ${i + 1}: ${event}`);
    return [];
  });
  if (problems.length > 0) {
    throw new PermanentError('wrongUsage', `the events have problems\n${problems.join('\n')}`);
  }
  return events.sort((left, right) => left.atMs - right.atMs);
}

function parseLine(line: string): ReplayEvent | string {
  const json = jsonObject(line);
  if (json === undefined) return 'expected a JSON object';
  const atMs = time(json.at);
  if (atMs === undefined) return `"at": expected a time such as "70s", got ${JSON.stringify(json.at)}`;
  if (json.labels !== undefined) return parseAlert(json, atMs);
  if (json.silence !== undefined) return parseSilence(json.silence, atMs);
  if (json.expireSilence !== undefined) {
    return Number.isSafeInteger(json.expireSilence)
      ? { kind: 'expireSilence', atMs, silence: json.expireSilence as number }
      : '"expireSilence": expected the index of a silence';
  }
  if (json.receiverFails !== undefined) return parseFailure(json.receiverFails, atMs);
  return 'expected one of labels, silence, expireSilence, receiverFails';
}

function parseAlert(json: Json, atMs: number): ReplayEvent | string {
  const { labels, annotations = {} } = json;
  if (!isTexts(labels)) return '"labels": expected a map of texts';
  if (!isTexts(annotations)) return '"annotations": expected a map of texts';
  for (const field of ['startsAt', 'endsAt']) {
    if (json[field] !== undefined && time(json[field]) === undefined)
      return `"${field}": expected a time such as "70s"`;
  }
  return {
    kind: 'alert',
    atMs,
    labels,
    annotations,
    startsAtMs: time(json.startsAt),
    endsAtMs: time(json.endsAt),
  };
}

function parseSilence(value: unknown, atMs: number): ReplayEvent | string {
  const { matchers, endsAt } = asObject(value);
  const endsAtMs = time(endsAt);
  if (endsAtMs === undefined) return '"silence.endsAt": expected a time such as "70s"';
  if (!Array.isArray(matchers)) return '"silence.matchers": expected a list';
  try {
    return { kind: 'silence', atMs, endsAtMs, matchers: matchers.map(matcherOf) };
  } catch (error) {
    if (error instanceof MatcherError) return `"silence.matchers": ${error.message}`;
    throw error;
  }
}

/** @throws MatcherError */
function matcherOf(json: unknown): Matcher {
  const { name, value, isRegex = false, isEqual = true } = asObject(json);
  if (typeof name !== 'string' || name === '' || typeof value !== 'string') {
    throw new MatcherError('expected a name and a value in each');
  }
  const operator: MatcherOperator =
    isRegex === true ? (isEqual === false ? '!~' : '=~') : isEqual === false ? '!=' : '=';
  return createMatcher(name, operator, value);
}

function parseFailure(value: unknown, atMs: number): ReplayEvent | string {
  const { receiver, until, status } = asObject(value);
  const untilMs = time(until);
  if (typeof receiver !== 'string') return '"receiverFails.receiver": expected a name';
  if (untilMs === undefined) return '"receiverFails.until": expected a time such as "70s"';
  if (!Number.isSafeInteger(status)) return '"receiverFails.status": expected an HTTP status';
  return { kind: 'receiverFails', atMs, receiver, untilMs, status: status as number };
}

function jsonObject(line: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** A time may be a number of seconds too. */
function time(value: unknown): number | undefined {
  if (typeof value === 'number' && value >= 0) return Math.round(value * 1e6) / 1_000;
  return typeof value === 'string' ? parseReplayTime(value) : undefined;
}

function isTexts(value: unknown): value is LabelSet {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}
