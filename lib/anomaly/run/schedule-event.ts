// The scheduled event as it arrives → the run it starts. Now is the event's time, so that a test can run a day in a
// second.
import { PermanentError } from '../../model/errors.ts';
import { CADENCE_MS, type Cadence } from '../watch/settings.ts';
import type { AnomalyEvent } from './run-event.ts';

/**
 * @param event `{ time, every }`: ISO 8601, and which metrics are looked at
 * @throws PermanentError `malformed`
 */
export function anomalyEvent(event: unknown, deadlineMs: number): AnomalyEvent {
  const { time, every } = (typeof event === 'object' && event !== null ? event : {}) as Record<
    string,
    unknown
  >;
  const nowMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (!Number.isFinite(nowMs)) {
    throw new PermanentError('malformed', `event.time: expected ISO 8601, got ${JSON.stringify(time)}`);
  }
  if (!isCadence(every)) {
    const known = Object.keys(CADENCE_MS).join(', ');
    throw new PermanentError(
      'malformed',
      `event.every: expected one of ${known}, got ${JSON.stringify(every)}`,
    );
  }
  return { nowMs, every, deadlineMs };
}

function isCadence(value: unknown): value is Cadence {
  return typeof value === 'string' && Object.hasOwn(CADENCE_MS, value);
}
