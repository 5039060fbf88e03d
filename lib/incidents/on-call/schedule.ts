// Who is on call by a schedule: overrides over layers, later layers over earlier ones; and the schedule as it comes out,
// shift by shift, without a gap or an overlap.
import type { LayerSettings, OverrideSettings, ScheduleSettings } from '../settings.ts';
import { isAllowed, spansAround } from './restriction.ts';
import { layerStart, turnAt } from './rotation.ts';

export interface OnCall {
  /** Undefined when nobody is. */
  readonly person: string | undefined;
  /** What put them there: the name of a layer, `override`, or `nobody`. */
  readonly by: string;
}

export interface Shift extends OnCall {
  /** Epoch milliseconds. */
  readonly from: number;
  /** Epoch milliseconds, not included. */
  readonly to: number;
}

const NOBODY: OnCall = { person: undefined, by: 'nobody' };

/**
 * Who is on call.
 * @param overrides made by people, besides those of the configuration; of several that fit, the last counts
 * @param at epoch milliseconds
 */
export function onCallAt(
  schedule: ScheduleSettings,
  overrides: readonly OverrideSettings[],
  at: number,
): OnCall {
  const planned = byLayers(schedule, at);
  const override = [...schedule.overrides, ...overrides].findLast(
    ({ from, to, insteadOf }) =>
      from <= at && at < to && (insteadOf === undefined || insteadOf === planned.person),
  );
  if (override === undefined) return planned;
  return { person: override.person === '' ? undefined : override.person, by: 'override' };
}

function byLayers({ layers, timeZone }: ScheduleSettings, at: number): OnCall {
  const found = layers.toReversed().find((layer) => personOf(layer, timeZone, at) !== '');
  return found === undefined ? NOBODY : { person: personOf(found, timeZone, at), by: found.name };
}

function personOf(layer: LayerSettings, timeZone: string, at: number): string {
  const turn = turnAt(layer, timeZone, at);
  return turn !== undefined && isAllowed(layer.restrictions, timeZone, at) ? turn.person : '';
}

/**
 * The schedule over a range. Shifts follow each other from `from` to `to`; those in which nobody is on call are there
 * too, and two that follow each other differ.
 * @param from epoch milliseconds
 * @param to epoch milliseconds, not included, after `from`
 */
export function finalSchedule(
  schedule: ScheduleSettings,
  overrides: readonly OverrideSettings[],
  from: number,
  to: number,
): Shift[] {
  const edges = [from, ...edgesWithin(schedule, [...schedule.overrides, ...overrides], from, to)];
  const shifts: Shift[] = [];
  for (const [place, edge] of edges.entries()) {
    const onCall = onCallAt(schedule, overrides, edge);
    const end = edges[place + 1] ?? to;
    const last = shifts.at(-1);
    if (last !== undefined && last.person === onCall.person && last.by === onCall.by) {
      shifts[shifts.length - 1] = { ...last, to: end };
    } else {
      shifts.push({ ...onCall, from: edge, to: end });
    }
  }
  return shifts;
}

/** Instants within (from, to) at which somebody else may be on call, in order. */
function edgesWithin(
  { layers, timeZone }: ScheduleSettings,
  overrides: readonly OverrideSettings[],
  from: number,
  to: number,
): number[] {
  const edges = new Set<number>();
  for (const override of overrides) edges.add(override.from).add(override.to);
  for (const layer of layers) {
    edges.add(layerStart(layer, timeZone));
    for (const span of spansAround(layer.restrictions, timeZone, from, to)) edges.add(span.from).add(span.to);
    if (layer.people.length === 1) continue;
    let at = Math.max(from, layerStart(layer, timeZone));
    while (at < to) {
      at = turnAt(layer, timeZone, at)?.to ?? to;
      edges.add(at);
    }
  }
  return [...edges].filter((edge) => edge > from && edge < to).toSorted((a, b) => a - b);
}
