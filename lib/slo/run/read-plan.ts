// Which minutes of an SLO are read in this run: the new ones, and old ones again, since metrics come late.
import { createHash } from 'node:crypto';
import { LATE_MS } from '../evaluation/slice.ts';
import { floorTo, HOUR_MS } from '../evaluation/slice-ladder.ts';
import type { SloState } from '../evaluation/state.ts';
import type { RunMemory } from './state-text.ts';

const MINUTE = 60_000;
const DAY = 24 * HOUR_MS;

/** Read again in each run, each hour and each day. Points that are older come as corrections by a backfill only. */
export const REREAD_MS = LATE_MS;
export const HOURLY_REREAD_MS = 3 * HOUR_MS;
export const DAILY_REREAD_MS = 48 * HOUR_MS;

/** A run catches up by so much at most, so that it ends in time after a long outage. */
export const CATCH_UP_MS = DAY;

/**
 * CloudWatch keeps points of one minute for 15 days. An hour less, so that none runs out while it is read.
 * Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html, 2026-11.
 */
export const MINUTES_KEPT_MS = 15 * DAY - HOUR_MS;

export interface ReadPlan {
  /** Minutes that are read: epoch milliseconds, [from, to). */
  readonly from: number;
  /** Up to here the SLO is evaluated. */
  readonly to: number;
  /** Those of the memory, or now where that is done again in this run. */
  readonly hourlyAt: number;
  readonly dailyAt: number;
}

/**
 * @param before undefined for an SLO that was never evaluated
 * @param now epoch milliseconds for which the run is
 * @param settleMs how long after its end a minute is complete
 * @param unitMs the reading begins at its multiples
 */
export function planRead(
  slo: string,
  before: { readonly state: SloState; readonly memory: RunMemory } | undefined,
  now: number,
  settleMs: number,
  unitMs = MINUTE,
): ReadPlan {
  const settled = floorTo(now - settleMs, MINUTE);
  if (before === undefined)
    return { from: floorTo(settled - HOURLY_REREAD_MS, unitMs), to: settled, hourlyAt: now, dailyAt: now };
  const { state, memory } = before;
  const oldest = floorTo(now - MINUTES_KEPT_MS, MINUTE);
  const start = Math.max(state.to, oldest);
  const to = Math.max(state.to, Math.min(settled, start + CATCH_UP_MS));
  // One that is behind reads again what is old when it has caught up: those minutes are being read anyhow.
  const isBehind = to < settled;
  const isDaily = !isBehind && isDue(slo, memory.dailyAt, now, DAY);
  const isHourly = !isBehind && (isDaily || isDue(slo, memory.hourlyAt, now, HOUR_MS));
  const back = isDaily ? DAILY_REREAD_MS : isHourly ? HOURLY_REREAD_MS : REREAD_MS;
  return {
    from: Math.max(oldest, floorTo(Math.min(start - REREAD_MS, to - back), unitMs)),
    to,
    hourlyAt: isHourly ? now : memory.hourlyAt,
    dailyAt: isDaily ? now : memory.dailyAt,
  };
}

function isDue(slo: string, last: number, now: number, everyMs: number): boolean {
  const phase = phaseOf(slo, everyMs);
  return floorTo(now - phase, everyMs) > floorTo(last - phase, everyMs);
}

/** Each SLO has a minute of its own for what is done now and then, so that not all do it at once. */
export function phaseOf(slo: string, everyMs: number): number {
  const digest = createHash('sha256').update(slo).digest();
  return (digest.readUInt32LE(0) % (everyMs / MINUTE)) * MINUTE;
}

/** The shard of an SLO. @returns 0 up to `shards` - 1 */
export function shardOf(slo: string, shards: number): number {
  return createHash('sha256').update(slo).digest().readUInt32LE(4) % shards;
}
