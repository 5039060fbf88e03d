// Whose turn it is in a layer. Turns are counted on the wall clock, so that a hand-off at 09:00 stays at 09:00 when the
// clock changes; the turn over the change is an hour longer or shorter.
import { instantOf, type WallTime, wallMs, wallTime } from '../../model/time-zone.ts';
import type { LayerSettings } from '../settings.ts';

const UNIT_MS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

export interface Turn {
  /** Counts from 0 at the start of the layer. */
  readonly index: number;
  /** Empty for nobody. */
  readonly person: string;
  /** Epoch milliseconds. */
  readonly from: number;
  /** Epoch milliseconds, not included. */
  readonly to: number;
}

/**
 * The turn that an instant falls into.
 * @param at epoch milliseconds
 * @returns undefined before the layer starts
 */
export function turnAt(layer: LayerSettings, timeZone: string, at: number): Turn | undefined {
  const turnMs = layer.turn.count * UNIT_MS[layer.turn.unit];
  const start = (index: number): number => instantOfWall(layer.startWallMs + index * turnMs, timeZone);
  // The clock's reading is right but for the hours around a change: from there it is at most a few turns.
  let index = Math.floor((wallMs(wallTime(at, timeZone)) - layer.startWallMs) / turnMs);
  while (start(index) > at) index -= 1;
  while (start(index + 1) <= at) index += 1;
  if (index < 0) return undefined;
  const person = layer.people[index % layer.people.length] ?? '';
  return { index, person, from: start(index), to: start(index + 1) };
}

/** When the layer starts, as an instant. */
export function layerStart(layer: LayerSettings, timeZone: string): number {
  return instantOfWall(layer.startWallMs, timeZone);
}

/** @param ms a wall time as if it were UTC */
export function instantOfWall(ms: number, timeZone: string): number {
  return instantOf(wallOf(ms), timeZone);
}

function wallOf(ms: number): WallTime {
  const date = new Date(ms);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}
