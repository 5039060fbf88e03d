// The minutes that the evaluation of an SLO stored, for a look at a stretch of the past.
import { SloEvaluator } from '../evaluation/evaluator.ts';
import type { SliceReader } from '../evaluation/slice.ts';
import { floorTo, HOUR_MS } from '../evaluation/slice-ladder.ts';
import type { SloStore } from '../ports.ts';
import { stateOf } from '../run/restore.ts';
import { StoredSlices } from '../run/stored-slices.ts';
import type { SloSettings } from '../settings.ts';
import { impactNeeds } from './impact.ts';

/** @param from epoch milliseconds @returns undefined for an SLO that was never evaluated */
export async function storedSlices(
  store: Pick<SloStore, 'load' | 'hoursBetween'>,
  slo: SloSettings,
  from: number,
  to: number,
): Promise<SliceReader | undefined> {
  const row = (await store.load([slo.name])).get(slo.name);
  if (row === undefined) return undefined;
  const hours = await store.hoursBetween(slo.name, floorTo(impactNeeds(slo, from, to), HOUR_MS), to);
  const { row: known, before } = stateOf(new SloEvaluator(slo), row);
  return new StoredSlices(known.recent, before.memory.recentFrom, hours);
}
