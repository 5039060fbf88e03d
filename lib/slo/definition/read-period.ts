// The period of a budget, exclusions and adjustments as a user writes them in Tidewatch's own form.

import { isTimeZone, type WallTime } from '../../model/time-zone.ts';
import { PERIOD_MAX_MS } from '../settings.ts';
import { type BudgetPeriod, DEFAULT_ANCHOR } from './budget-period.ts';
import type { DocumentNode } from './document-node.ts';
import { parseRule, type RepeatRule } from './repeat-rule.ts';
import type { Adjustment, Exclusion, Reasoned, Schedule } from './schedule.ts';

/** Longest reason, as CloudWatch Application Signals has it. */
const REASON_MAX = 1024;
const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
const MINUTE = 60_000;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/;

/** "30d" for the last 30 days, or { calendar: 'month', timeZone: 'Europe/Berlin' }. */
export function readPeriod(node: DocumentNode): BudgetPeriod | undefined {
  if (typeof node.value === 'string') {
    const lengthMs = node.duration();
    return lengthMs === undefined ? undefined : checkedRolling(node, lengthMs);
  }
  if (node.fields === undefined) return node.expected('a duration such as "30d", or an object with calendar');
  node.object(['calendar', 'count', 'timeZone', 'start']);
  const unit = node.field('calendar').oneOf(CALENDAR_UNITS);
  const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
  const count = node.has('count') ? node.field('count').number('a whole number from 1', isCount) : 1;
  const timeZone = node.has('timeZone') ? readTimeZone(node.field('timeZone')) : 'UTC';
  const anchor = node.has('start') ? readLocalTime(node.field('start')) : DEFAULT_ANCHOR;
  if (unit === undefined || count === undefined || timeZone === undefined) return undefined;
  return anchor === undefined ? undefined : { kind: 'calendar', unit, count, timeZone, anchor };
}

/** A rolling period of a length that can be kept. */
export function checkedRolling(node: DocumentNode, lengthMs: number): BudgetPeriod | undefined {
  if (lengthMs > PERIOD_MAX_MS) return node.expected('at most 455d, as long as CloudWatch keeps its points');
  if (lengthMs % MINUTE !== 0) return node.expected('whole minutes');
  return { kind: 'rolling', lengthMs };
}

/** An IANA time zone. */
export function readTimeZone(node: DocumentNode): string | undefined {
  const name = node.text();
  if (name === undefined) return undefined;
  return isTimeZone(name) ? name : node.expected('an IANA time zone such as "Europe/Berlin"');
}

/** What the clock of a zone shows when some period begins. */
export function readLocalTime(node: DocumentNode): WallTime | undefined {
  // YAML of version 1.1 makes a date of an unquoted time.
  const text = node.value instanceof Date ? node.value.toISOString().slice(0, 19) : node.value;
  const match = typeof text === 'string' ? LOCAL.exec(text) : null;
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map((part) => Number(part ?? 0));
  const fits =
    match !== null &&
    month! >= 1 &&
    month! <= 12 &&
    day! >= 1 &&
    day! <= new Date(Date.UTC(year!, month!, 0)).getUTCDate() &&
    hour! < 24 &&
    minute! < 60 &&
    second! < 60;
  if (!fits) return node.expected('a local time without a zone such as "2026-01-01 00:00:00"');
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! };
}

const EXCLUSION_KEYS = ['from', 'duration', 'repeat', 'timeZone', 'reason', 'author'];
const ADJUSTMENT_KEYS = ['at', 'bad', 'total', 'repeat', 'timeZone', 'reason', 'author'];

/** Times that do not count. */
export function readExclusions(list: DocumentNode): Exclusion[] {
  return list.items().flatMap((node) => readExclusion(node) ?? []);
}

/** Time that does not count; undefined, with problems, when it cannot be read. */
export function readExclusion(node: DocumentNode): Exclusion | undefined {
  if (!node.object(EXCLUSION_KEYS)) return undefined;
  const schedule = readSchedule(node, 'from');
  const durationMs = node.field('duration').duration();
  const reasoned = readReasoned(node);
  return schedule && durationMs && reasoned ? { schedule, durationMs, ...reasoned } : undefined;
}

/** Events added to or taken from the budget's counts. */
export function readAdjustments(list: DocumentNode): Adjustment[] {
  return list.items().flatMap((node) => readAdjustment(node) ?? []);
}

/** An addition to the budget's counts; undefined, with problems, when it cannot be read. */
export function readAdjustment(node: DocumentNode): Adjustment | undefined {
  if (!node.object(ADJUSTMENT_KEYS)) return undefined;
  const schedule = readSchedule(node, 'at');
  const bad = node.has('bad') ? node.field('bad').number() : 0;
  const total = node.has('total') ? node.field('total').number() : 0;
  const reasoned = readReasoned(node);
  if (schedule === undefined || bad === undefined || total === undefined) return undefined;
  return reasoned && { schedule, bad, total, ...reasoned };
}

function readSchedule(node: DocumentNode, startKey: string): Schedule | undefined {
  const start = node.field(startKey).time();
  const timeZone = node.has('timeZone') ? readTimeZone(node.field('timeZone')) : 'UTC';
  const repeat = node.has('repeat') ? readRule(node.field('repeat')) : undefined;
  if (start === undefined || timeZone === undefined) return undefined;
  return node.has('repeat') && repeat === undefined ? undefined : { start, timeZone, repeat };
}

function readRule(node: DocumentNode): RepeatRule | undefined {
  const text = node.text();
  if (text === undefined) return undefined;
  const rule = parseRule(text);
  return typeof rule === 'string' ? node.expected(`a rule such as "FREQ=WEEKLY;BYDAY=SA" (${rule})`) : rule;
}

/** Who and why. */
export function readReasoned(node: DocumentNode): Reasoned | undefined {
  const reason = node.field('reason').text(REASON_MAX);
  const author = node.field('author').text();
  return reason === undefined || author === undefined ? undefined : { reason, author };
}
