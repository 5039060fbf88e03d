// One SLO in one run: what was stored and what was read → the row to write, and what to tell once it is written. Pure.
import type { Override } from '../changes/change.ts';
import type { SloEvaluator, SloReport, StepResult } from '../evaluation/evaluator.ts';
import { alertEffects } from '../evaluation/firing.ts';
import type { MinutePoint } from '../evaluation/read-point.ts';
import { floorTo, HOUR_MS } from '../evaluation/slice-ladder.ts';
import { ALERT_KINDS, type AlertKind, type SloState } from '../evaluation/state.ts';
import { type GateDecision, gateOf } from '../gate/gate.ts';
import type { HotRow } from '../ports.ts';
import type { SloSettings } from '../settings.ts';
import type { SloStatus } from '../status.ts';
import { abandonedOutbox, eventsOf, joinOutbox, type Outbox, writeOutbox } from './outbox.ts';
import { phaseOf, REREAD_MS, type ReadPlan } from './read-plan.ts';
import { stateOf } from './restore.ts';
import { type RunMemory, writeState } from './state-text.ts';
import { MOVE_MS, recentFromAt, StoredSlices } from './stored-slices.ts';

/** An alert whose metrics cannot be read goes on firing for so long: what is not measured has not recovered. */
const KEEP_FIRING_MS = HOUR_MS;

/** An SLO as it was left, and how this run reads it. */
export interface Prepared {
  readonly slo: SloSettings;
  readonly evaluator: SloEvaluator;
  /** Undefined when it was never evaluated. */
  readonly row: HotRow | undefined;
  readonly before: { readonly state: SloState; readonly memory: RunMemory };
  readonly plan: ReadPlan;
}

export interface Evaluated {
  readonly row: HotRow;
  readonly hours: ReadonlyMap<number, Uint8Array>;
  /** False when nothing of it needs to be written. */
  readonly isChanged: boolean;
  readonly state: SloState;
  readonly report: SloReport;
  readonly outbox: Outbox;
  readonly gate: GateDecision;
  /** Impossible terms that were clamped in this run. */
  readonly clamped: number;
  /** Hour rows of another version, whose minutes do not count. */
  readonly unreadableHours: number;
  /** Events that the outbox had no room for. */
  readonly lostEvents: number;
}

/** The state to go on from: what is stored, or the beginning of an SLO. */
export function beforeOf(
  evaluator: SloEvaluator,
  row: HotRow | undefined,
  plan: (before: Prepared['before'] | undefined) => ReadPlan,
): Pick<Prepared, 'row' | 'before' | 'plan'> & { readonly isRestored: boolean } {
  if (row !== undefined) {
    const found = stateOf(evaluator, row);
    return { ...found, plan: plan(found.before) };
  }
  const first = plan(undefined);
  const memory: RunMemory = { hourlyAt: 0, dailyAt: 0, gate: 'open', recentFrom: first.from };
  const before = { state: evaluator.begin(first.from), memory };
  return { row, before, plan: first, isRestored: false };
}

/**
 * Beginnings of the hour rows that a step needs.
 * @returns `from` for all rows from there on: the definition changed and everything is summed anew
 */
export function hoursNeeded({
  slo,
  evaluator,
  before,
  plan,
}: Prepared): { from: number } | { hours: number[] } {
  const { state, memory } = before;
  const unitMs = slo.budgeting.kind === 'occurrences' ? 0 : slo.budgeting.sliceMs;
  if (evaluator.needsRebuild(state)) {
    const oldest = Math.min(evaluator.oldest(state.to), plan.from - unitMs, memory.recentFrom);
    return { from: floorTo(oldest, HOUR_MS) };
  }
  const recentFrom = recentFromOf(slo, memory, plan.to);
  const stretches = [
    ...evaluator.reads(state, plan.to),
    // Corrections, with the whole units that they are in.
    { from: plan.from - unitMs, to: plan.to },
    // What moves out of the hot row joins what is in its hour row.
    { from: memory.recentFrom, to: recentFrom },
  ];
  const hours = new Set<number>();
  for (const { from, to } of stretches) {
    for (let hour = floorTo(from, HOUR_MS); hour < to; hour += HOUR_MS)
      if (hour < recentFrom) hours.add(hour);
  }
  return { hours: [...hours] };
}

/**
 * @param points what was read in the plan's minutes; undefined when it could not be read
 * @param hours rows that hoursNeeded asked for
 * @param override in force
 * @param now epoch milliseconds for which the run is
 */
export function evaluateSlo(
  { slo, evaluator, row, before, plan }: Prepared,
  points: readonly MinutePoint[] | undefined,
  hours: ReadonlyMap<number, Uint8Array>,
  override: Override | undefined,
  now: number,
): Evaluated {
  const { memory } = before;
  const stored = new StoredSlices(row?.recent ?? new Uint8Array(0), memory.recentFrom, hours);
  const step: StepResult =
    points === undefined
      ? keepFiring(evaluator.current(before.state, stored), now)
      : evaluator.step(before.state, { to: plan.to, points }, stored, now);
  const { state } = step;
  const recentFrom = points === undefined ? memory.recentFrom : recentFromOf(slo, memory, state.to);
  const kept = stored.after(step.changed, recentFrom);
  const report = evaluator.report(state);
  const status = statusOf(slo, state, report, now);
  const gate = gateOf(slo, status, override, now);
  const told = gate.gate === 'unknown' ? memory.gate : gate.gate;
  const events = eventsOf(
    slo,
    step.effects,
    { before: memory.gate, after: told, reason: gate.reason },
    status,
    now,
  );
  const isNews = step.effects.length > 0 || events.length > 0;
  const left = abandonedOutbox(row?.outbox ?? '', now, isNews);
  const { outbox, lost } = joinOutbox(left, now, step.effects, events);
  const text = writeOutbox(outbox);
  const next: HotRow = {
    version: (row?.version ?? 0) + 1,
    at: now,
    state: writeState(state, {
      hourlyAt: points === undefined ? memory.hourlyAt : plan.hourlyAt,
      dailyAt: points === undefined ? memory.dailyAt : plan.dailyAt,
      gate: told,
      recentFrom,
    }),
    recent: kept.recent,
    // What another evaluation is just telling stays until it says that it has.
    outbox: text === '' ? (row?.outbox ?? '') : text,
    status,
  };
  const isChanged =
    row === undefined ||
    kept.hours.size > 0 ||
    text !== '' ||
    row.state !== next.state ||
    !Buffer.from(row.recent).equals(kept.recent);
  return {
    row: next,
    hours: kept.hours,
    isChanged,
    state,
    report,
    outbox,
    gate,
    clamped: state.clamped - before.state.clamped,
    unreadableHours: stored.unreadable,
    lostEvents: lost,
  };
}

function recentFromOf(slo: SloSettings, memory: RunMemory, to: number): number {
  return recentFromAt(memory.recentFrom, to, REREAD_MS, phaseOf(slo.name, MOVE_MS));
}

/** Without a reading nothing begins and nothing ends; what fires is told again before it runs out. */
function keepFiring(state: SloState, now: number): StepResult {
  if (now - state.to > KEEP_FIRING_MS) return { state, effects: [], changed: [] };
  const active = new Map<AlertKind, number[]>(
    ALERT_KINDS.filter((kind) => state.firing[kind] !== undefined).map((kind) => [kind, []]),
  );
  const { firing, effects } = alertEffects(state.firing, active, state.to, now);
  return { state: effects.length === 0 ? state : { ...state, firing }, effects, changed: [] };
}

export function statusOf(slo: SloSettings, state: SloState, report: SloReport, now: number): SloStatus {
  const { remaining, badEvents, allowedEvents, remainingMinutes } = report.budget;
  return {
    slo: slo.name,
    remaining,
    budgetState: state.budgetState,
    actions: state.actions,
    burnRate: report.burnRate,
    timeToExhaustionMs: report.timeToExhaustionMs ?? null,
    badEvents,
    allowedEvents,
    remainingMinutes,
    firing: ALERT_KINDS.filter((kind) => state.firing[kind] !== undefined),
    measuredTo: state.to,
    lastDataAt: state.lastDataAt,
    // As old as what it rests on: an evaluation that is behind says nothing about now.
    evaluatedAt: Math.min(now, state.to + slo.settleMs + 60_000),
  };
}
