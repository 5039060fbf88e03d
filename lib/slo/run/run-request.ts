// What the schedule calls evaluate-slos with → what a run is asked for.
import { PermanentError } from '../../model/errors.ts';
import type { EvaluateSlosEvent } from '../settings.ts';
import type { SloRunRequest } from './evaluate-shard.ts';

/** How far a time may be ahead of the clock of the function: a run by hand may look ahead, a mistake would stay. */
const SKEW_MS = 86_400_000;

/** @throws PermanentError `wrongUsage` for an event without a time or of the future, or of a shard that does not exist */
export function runRequest(event: EvaluateSlosEvent, shards: number, deadlineMs: number): SloRunRequest {
  const { time, shard = 0 } = event ?? {};
  const now = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(now))
    throw new PermanentError(
      'wrongUsage',
      `event.time: expected a time such as "2026-01-05T10:00:00Z", got ${JSON.stringify(time)}`,
    );
  // Else it would leave rows of then, and nothing would be evaluated until then.
  if (now > deadlineMs + SKEW_MS)
    throw new PermanentError('wrongUsage', `event.time: expected a time within a day of now, got ${time}`);
  if (!Number.isInteger(shard) || shard < 0 || shard >= shards)
    throw new PermanentError(
      'wrongUsage',
      `event.shard: expected a whole number from 0 to ${shards - 1}, got ${JSON.stringify(shard)}`,
    );
  return { now, shard, deadlineMs };
}
