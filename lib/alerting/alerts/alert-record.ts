// An alert as the router keeps it: what was posted, completed, and joined with what was known.
import { fingerprint } from '../../model/fingerprint.ts';
import type { LabelSet } from '../matchers/matcher.ts';
import type { FlapState } from './flapping.ts';

/** An alert as it arrives: Alertmanager's API leaves out most of it. Times are epoch milliseconds. */
export interface PostedAlert {
  readonly labels: LabelSet;
  readonly annotations?: LabelSet | undefined;
  readonly startsAt?: number | undefined;
  readonly endsAt?: number | undefined;
  readonly generatorUrl?: string | undefined;
}

export interface AlertRecord {
  readonly fingerprint: string;
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly startsAt: number;
  /** Resolved from here on. */
  readonly endsAt: number;
  /** Whether `endsAt` was not posted but is when the alert is given up. */
  readonly timesOut: boolean;
  readonly generatorUrl: string;
  /** Counts up with every change, so that two posts of one millisecond are told apart. */
  readonly revision: number;
  /** Only where flapping is looked for, of an alert that has fired again. */
  readonly flap?: FlapState;
}

/** Why a posted alert is refused; the others of its post are kept. */
export type AlertRejection = 'noLabels' | 'emptyLabelName' | 'endsBeforeStart';

/**
 * Completes a posted alert: it starts now (or when it ended) and ends after the resolve timeout, if it does not say.
 * @see Alertmanager api/v2, POST /alerts
 */
export function completeAlert(
  posted: PostedAlert,
  now: number,
  resolveTimeoutMs: number,
  revision: number,
): AlertRecord | AlertRejection {
  const labels = withoutEmpty(posted.labels);
  if (Object.keys(labels).length === 0) return 'noLabels';
  if (Object.hasOwn(labels, '')) return 'emptyLabelName';
  const startsAt = posted.startsAt ?? posted.endsAt ?? now;
  const endsAt = posted.endsAt ?? now + resolveTimeoutMs;
  if (endsAt < startsAt) return 'endsBeforeStart';
  return {
    fingerprint: fingerprint(labels),
    labels,
    annotations: posted.annotations ?? {},
    startsAt,
    endsAt,
    timesOut: posted.endsAt === undefined,
    generatorUrl: posted.generatorUrl ?? '',
    revision,
  };
}

function withoutEmpty(labels: LabelSet): LabelSet {
  const entries = Object.entries(labels);
  return entries.every(([, value]) => value !== '')
    ? labels
    : Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

export function isResolved({ endsAt }: AlertRecord, now: number): boolean {
  return endsAt <= now;
}

/**
 * Joins what was known with what arrived. Spans of time that do not overlap are two alerts one after the other: the
 * newer replaces the older. Otherwise the earliest start stays, and an end that was posted stands until it is moved on
 * or the alert is resolved.
 */
export function mergeAlerts(known: AlertRecord, arrived: AlertRecord, now: number): AlertRecord {
  const inside = (time: number) => time > known.startsAt && time < known.endsAt;
  if (!inside(arrived.endsAt) && !inside(arrived.startsAt)) return arrived;
  const startsAt = Math.min(known.startsAt, arrived.startsAt);
  const keepsEnd = isResolved(arrived, now) ? isResolved(known, now) : !known.timesOut;
  if (!keepsEnd || known.endsAt <= arrived.endsAt) return { ...arrived, startsAt };
  // Whether an end is a time-out stays with the newer alert, as in Alertmanager.
  return { ...arrived, startsAt, endsAt: known.endsAt };
}

const FIRST_COMPARED = ['job', 'instance'];

/** The order of alerts in a notification: by job, by instance, then by the whole label set. */
export function compareAlerts(left: LabelSet, right: LabelSet): number {
  for (const name of FIRST_COMPARED) {
    const a = left[name];
    const b = right[name];
    if (a === b) continue;
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    return a < b ? -1 : 1;
  }
  const names = Object.keys(left).sort();
  const others = Object.keys(right).sort();
  if (names.length !== others.length) return names.length - others.length;
  for (const [i, name] of names.entries()) {
    const other = others[i]!;
    if (name !== other) return name < other ? -1 : 1;
    if (left[name] !== right[name]) return left[name]! < right[name]! ? -1 : 1;
  }
  return 0;
}
