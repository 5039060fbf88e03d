// Alerts as they are posted → what is put on the queue. A bad one is refused with its reason, the others are kept.
// Source: Alertmanager's api/v2/openapi.yaml (postableAlerts), read 2026-11

import type { SentAlert } from '../../model/alert.ts';
import { type AlertRejection, completeAlert } from '../alerts/alert-record.ts';
import { isObject } from './json-body.ts';
import { parseTimestamp } from './timestamp.ts';

/** Why a posted alert is refused. */
export type PostRejection =
  | AlertRejection
  | 'notAnObject'
  | 'badLabels'
  | 'badAnnotations'
  | 'badTime'
  | 'badGeneratorUrl'
  | 'startsTooFarAhead'
  | 'endsTooFarAhead'
  | 'tooLarge';

export interface RejectedAlert {
  /** Its place in the post. */
  readonly index: number;
  readonly reason: PostRejection;
  readonly message: string;
}

/** Largest alert as JSON, in bytes: a group may hold thousands, and a message of the queue holds 256 KB. */
export const MAX_ALERT_BYTES = 65_536;
/** A start further ahead is a clock that is wrong. */
export const MAX_START_AHEAD_MS = 86_400_000;
/** An end further ahead is an alert that nobody would ever see resolve. */
export const MAX_END_AHEAD_MS = 5 * 366 * 86_400_000;

const MESSAGES: Readonly<Record<PostRejection, string>> = {
  noLabels: 'at least one label pair required',
  emptyLabelName: 'invalid label name ""',
  endsBeforeStart: 'start time must be before end time',
  notAnObject: 'expected an object with labels',
  badLabels: 'expected labels as an object of texts in UTF-8',
  badAnnotations: 'expected annotations as an object of texts in UTF-8',
  badTime: 'expected startsAt and endsAt as RFC 3339 times, such as "2026-11-24T10:00:00Z"',
  badGeneratorUrl: 'expected generatorURL as a text',
  startsTooFarAhead: 'startsAt is more than a day ahead; is the clock of the sender right?',
  endsTooFarAhead:
    'endsAt is more than five years ahead; leave it out, and send the alert again while it fires',
  tooLarge: `the alert has more than ${MAX_ALERT_BYTES} bytes; shorten its labels or annotations`,
};

/**
 * Reads a post.
 * @param source whom the alerts are said to come from
 * @param now epoch milliseconds
 */
export function readPostedAlerts(
  posted: readonly unknown[],
  source: string,
  now: number,
): { readonly alerts: readonly SentAlert[]; readonly rejected: readonly RejectedAlert[] } {
  const alerts: SentAlert[] = [];
  const rejected: RejectedAlert[] = [];
  for (const [index, item] of posted.entries()) {
    const read = readPostedAlert(item, source, now);
    if (typeof read === 'string')
      rejected.push({ index, reason: read, message: `${MESSAGES[read]}${named(item)}` });
    else alerts.push(read);
  }
  return { alerts, rejected };
}

function readPostedAlert(item: unknown, source: string, now: number): SentAlert | PostRejection {
  if (!isObject(item)) return 'notAnObject';
  const { labels, annotations = {}, generatorURL = '' } = item;
  if (!isTexts(labels)) return 'badLabels';
  if (annotations !== null && !isTexts(annotations)) return 'badAnnotations';
  if (generatorURL !== null && typeof generatorURL !== 'string') return 'badGeneratorUrl';
  const startsAt = timeOf(item.startsAt);
  const endsAt = timeOf(item.endsAt);
  if (startsAt === 'bad' || endsAt === 'bad') return 'badTime';
  // The rules of routing say the rest; the end of an alert without one is theirs to choose, later.
  const record = completeAlert({ labels, startsAt, endsAt }, now, 0, 0);
  if (typeof record === 'string') {
    // A start that is ahead of now needs no end.
    if (record !== 'endsBeforeStart' || endsAt !== undefined) return record;
  }
  const starts = startsAt ?? endsAt ?? now;
  if (endsAt !== undefined && endsAt > now + MAX_END_AHEAD_MS) return 'endsTooFarAhead';
  if (starts > now + MAX_START_AHEAD_MS) return 'startsTooFarAhead';
  const alert: SentAlert = {
    labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')),
    annotations: annotations ?? {},
    startsAt: starts,
    ...(endsAt !== undefined && { endsAt }),
    generatorUrl: generatorURL ?? '',
    source,
  };
  return Buffer.byteLength(JSON.stringify(alert)) > MAX_ALERT_BYTES ? 'tooLarge' : alert;
}

function timeOf(value: unknown): number | undefined | 'bad' {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return 'bad';
  const time = parseTimestamp(value);
  if (time === 'none') return undefined;
  return time ?? 'bad';
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([name, text]) => typeof text === 'string' && text.isWellFormed() && name.isWellFormed(),
    )
  );
}

/** Which alert it was, as far as it says. */
function named(item: unknown): string {
  const labels = isObject(item) && isObject(item.labels) ? item.labels : {};
  const name = labels.alertname;
  return typeof name === 'string' && name !== '' ? ` (alertname ${JSON.stringify(name.slice(0, 100))})` : '';
}
