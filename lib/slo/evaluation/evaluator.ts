// One SLO, minute by minute: step(state, reading, slices, now) → { state, effects, slices that changed }. A reducer:
// the same arguments give the same answer, and nothing in it reads a clock.
import { createHash } from 'node:crypto';
import {
  AdjustmentSum,
  type Budget,
  budgetLengthMs,
  budgetOf,
  timeToExhaustionMs,
} from '../budget/budget.ts';
import { budgetState, policyActions } from '../budget/budget-state.ts';
import { ExclusionCalendar } from '../definition/schedule.ts';
import type { PolicyAction, SloSettings } from '../settings.ts';
import { errorBudget } from '../windows/burn-rate.ts';
import { burns, type PreparedPair, pairBurnRate, preparePair } from './conditions.ts';
import { alertEffects } from './firing.ts';
import type { MinutePoint } from './read-point.ts';
import { RunningSums } from './running-sums.ts';
import { type Slice, SliceOverlay, type SliceReader } from './slice.ts';
import { floorTo } from './slice-ladder.ts';
import type { AlertKind, Effect, SloState } from './state.ts';
import { UnitCounter } from './units.ts';

/** What was read from where the metrics lie. */
export interface Reading {
  /** Up to here everything was read: epoch milliseconds, the end of a minute. */
  readonly to: number;
  /** In any order; a minute before the state's `to` is a correction. */
  readonly points: readonly MinutePoint[];
}

export interface StepResult {
  readonly state: SloState;
  readonly effects: readonly Effect[];
  /** To be stored. */
  readonly changed: readonly Slice[];
}

/** What is known of an SLO at an instant. */
export interface SloReport {
  readonly budget: Budget;
  /** Of the pair that is nearest to firing. */
  readonly burnRate: number;
  /** Milliseconds; undefined when nothing burns. */
  readonly timeToExhaustionMs: number | undefined;
}

const MINUTE = 60_000;
/** A reading that ends so long before now says nothing about now: nothing fires or resolves by it. */
const STALE_MS = 900_000;

export class SloEvaluator {
  readonly slo: SloSettings;
  private readonly resolutionMs: number;
  private readonly sums: RunningSums;
  private readonly pairs: readonly PreparedPair[];
  private readonly excluded: ExclusionCalendar;
  private readonly adjustments: AdjustmentSum;
  private readonly periodMs: number;
  private readonly budgetRatio: number;
  private readonly rules: string;

  /** @param resolutionMs length of the finest slices; all windows are multiples of it */
  constructor(slo: SloSettings, resolutionMs = MINUTE) {
    this.slo = slo;
    this.resolutionMs = resolutionMs;
    this.excluded = new ExclusionCalendar(slo.exclusions);
    this.sums = new RunningSums(
      slo,
      new UnitCounter(slo.budgeting, this.excluded, resolutionMs),
      resolutionMs,
    );
    const { lengths } = this.sums;
    this.pairs = slo.windows.map((window) => preparePair(window, slo.objective, lengths));
    this.adjustments = new AdjustmentSum(slo);
    this.periodMs = budgetLengthMs(slo);
    this.budgetRatio = errorBudget(slo.objective);
    const rules = [slo.windows, slo.budgeting, slo.period, slo.exclusions, resolutionMs];
    this.rules = createHash('sha256').update(JSON.stringify(rules)).digest('base64url').slice(0, 12);
  }

  /** The state before anything was counted. @param to epoch milliseconds, the end of a minute */
  begin(to: number): SloState {
    const nothing: SliceReader = { slice: () => undefined };
    return {
      rules: this.rules,
      to,
      ...this.sums.rebuild(nothing, to),
      burningSince: this.pairs.map(() => null),
      firing: {},
      budgetState: 'healthy',
      actions: [],
      unsettled: [],
      goodMissingSince: null,
      firstDataAt: null,
      lastDataAt: null,
      clamped: 0,
    };
  }

  /** The same state with sums made anew from all slices: after a backfill, or when the definition changed. */
  rebuild(state: SloState, slices: SliceReader): SloState {
    const isSame = !this.needsRebuild(state);
    return {
      ...state,
      rules: this.rules,
      ...this.sums.rebuild(slices, state.to),
      burningSince: isSame ? state.burningSince : this.pairs.map(() => null),
    };
  }

  /** True when the state is of another definition: the next step rebuilds it and must be given all slices. */
  needsRebuild(state: SloState): boolean {
    return state.rules !== this.rules;
  }

  /** The state as one of this definition. @param slices all of them where needsRebuild is true */
  current(state: SloState, slices: SliceReader): SloState {
    return this.needsRebuild(state) ? this.rebuild(state, slices) : state;
  }

  /** The stretches of stored slices that a step to an instant needs, see RunningSums.reads. */
  reads(state: SloState, to: number): { readonly from: number; readonly to: number }[] {
    return this.sums.reads(state, to);
  }

  /** Where the oldest slice begins that windows or the budget's period count at an instant. */
  oldest(to: number): number {
    return this.sums.oldest(to);
  }

  /**
   * Counts what was read, then looks at the windows that end at `reading.to`, and only at those: what happened between
   * two steps fires nothing unless it still burns.
   * @param now epoch milliseconds, at or after the end of the reading
   */
  step(before: SloState, reading: Reading, stored: SliceReader, now: number): StepResult {
    const state = this.current(before, stored);
    const to = Math.max(state.to, floorTo(reading.to, this.resolutionMs));
    const slices = new SliceOverlay(stored);
    const corrected = this.sums.correct(state, reading.points, to, slices, now);
    const judged = this.judge(this.sums.advance(corrected, to, slices), now);
    return { ...judged, changed: [...slices.changed.values()] };
  }

  /** Budget and burn rate of a state. */
  report({ sums, budget, to }: SloState): SloReport {
    const counts = this.adjustments.apply(budget, budget.from, to);
    const known = budgetOf(counts, this.slo.objective, this.periodMs);
    let nearest = 0;
    let burnRate = 0;
    for (const pair of this.pairs) {
      const rate = pairBurnRate(pair, sums, this.budgetRatio);
      if (rate / pair.window.factor <= nearest) continue;
      nearest = rate / pair.window.factor;
      burnRate = rate;
    }
    return {
      budget: known,
      burnRate,
      timeToExhaustionMs: timeToExhaustionMs(known.remaining, burnRate, this.periodMs),
    };
  }

  /** Burn rate of each pair of windows, in their order. */
  burnRates({ sums }: SloState): number[] {
    return this.pairs.map((pair) => pairBurnRate(pair, sums, this.budgetRatio));
  }

  /** Which alerts fire, how the budget stands, and what of it is new. */
  private judge(state: SloState, now: number): { state: SloState; effects: Effect[] } {
    const { to } = state;
    const burningSince = this.burningSince(state);
    const { remaining } = this.report(state).budget;
    const after = budgetState(remaining, state.budgetState);
    const actions = policyActions(this.slo.policy, remaining, state.actions);
    const isStale = now - to > this.slo.settleMs + STALE_MS;
    const alerts = isStale
      ? undefined
      : alertEffects(state.firing, this.active(state, burningSince, actions), to, now);
    const firing = alerts?.firing ?? state.firing;
    const effects: Effect[] = [...(alerts?.effects ?? [])];
    if (after !== state.budgetState) effects.push({ kind: 'budgetState', before: state.budgetState, after });
    effects.push(...policyEffects(state.actions, actions));
    return { state: { ...state, burningSince, firing, budgetState: after, actions }, effects };
  }

  private burningSince(state: SloState): (number | null)[] {
    const { guards } = this.slo;
    const traffic = {
      coveredMs: state.to - (state.firstDataAt ?? state.to),
      periodTotal: guards.budgetShare ? this.periodTotal(state) : 0,
    };
    const isExcluded = this.isExcluded(state.to);
    return this.pairs.map((pair, place) => {
      const isBurning = !isExcluded && burns(pair, state.sums, guards, traffic, this.budgetRatio);
      return isBurning ? (state.burningSince[place] ?? state.to) : null;
    });
  }

  private active(
    { to, lastDataAt }: SloState,
    burningSince: readonly (number | null)[],
    actions: readonly PolicyAction[],
  ): Map<AlertKind, number[]> {
    const active = new Map<AlertKind, number[]>();
    for (const [place, since] of burningSince.entries()) {
      const { severity, holdMs } = this.pairs[place]!.window;
      if (since === null || to - since < holdMs) continue;
      active.set(severity, [...(active.get(severity) ?? []), place]);
    }
    const { noDataAfterMs } = this.slo;
    const isSilent = noDataAfterMs !== undefined && lastDataAt !== null && to - lastDataAt >= noDataAfterMs;
    if (isSilent && !this.isExcluded(to)) active.set('noData', []);
    // Of the period and not of this minute, so it goes on in time that is excluded.
    if (actions.includes('notify')) active.set('budget', []);
    return active;
  }

  /** Whether the last minute before an instant is excluded: then nothing alerts. */
  private isExcluded(to: number): boolean {
    return this.excluded.covers(to - this.resolutionMs);
  }

  /** Events of a whole period, by the traffic since the first event. */
  private periodTotal({ budget, to, firstDataAt }: SloState): number {
    const covered = to - Math.max(budget.from, firstDataAt ?? budget.from);
    return covered > 0 ? budget.total * Math.max(1, this.periodMs / covered) : budget.total;
  }
}

function policyEffects(before: readonly PolicyAction[], after: readonly PolicyAction[]): Effect[] {
  const began = after.filter((action) => !before.includes(action));
  const ended = before.filter((action) => !after.includes(action));
  return [
    ...began.map((action): Effect => ({ kind: 'policy', action, isInForce: true })),
    ...ended.map((action): Effect => ({ kind: 'policy', action, isInForce: false })),
  ];
}
