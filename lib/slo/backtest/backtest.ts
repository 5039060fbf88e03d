// Replays a series through the evaluator that is deployed, a minute at a time: what it would have said, and when. Each
// minute is given only what had happened by its end.
import { SloEvaluator } from '../evaluation/evaluator.ts';
import type { MinutePoint } from '../evaluation/read-point.ts';
import { HOUR_MS, SliceLadder } from '../evaluation/slice-ladder.ts';
import type { SloSettings } from '../settings.ts';
import type { BurnSeverity } from '../windows/default-table.ts';

export interface BacktestAlert {
  readonly slo: string;
  readonly severity: BurnSeverity;
  /** Epoch seconds, the end of the minute that made it fire. */
  readonly firedAt: number;
  /** Epoch seconds; null while it fires. */
  readonly resolvedAt: number | null;
}

export interface BacktestBudget {
  readonly slo: string;
  /** Epoch seconds, a full hour. */
  readonly timestamp: number;
  /** Share of the budget that is left; 1 untouched, below 0 overspent. */
  readonly remaining: number;
}

export interface BacktestResult {
  readonly alerts: readonly BacktestAlert[];
  readonly budget: readonly BacktestBudget[];
  /** Minutes with more good events than events, or fewer than none. */
  readonly clamped: number;
}

const MINUTE = 60_000;

/**
 * @param points in order of time, at most one a minute
 * @returns alerts in the order in which they fired; tickets also while a page inhibits them
 */
export function backtest(slo: SloSettings, points: readonly MinutePoint[]): BacktestResult {
  const alerts: BacktestAlert[] = [];
  const budget: BacktestBudget[] = [];
  const first = points[0];
  if (first === undefined) return { alerts, budget, clamped: 0 };
  // Minutes that begin a few seconds past the full one keep doing so.
  const phase = first.start % MINUTE;
  const evaluator = new SloEvaluator(replayed(slo));
  const slices = new SliceLadder();
  let state = evaluator.begin(first.start - phase);
  const open = new Map<string, number>();
  for (const point of minutes(points, phase)) {
    const to = point.start + MINUTE;
    const result = evaluator.step(state, { to, points: [point] }, slices, to);
    for (const slice of result.changed) slices.put(slice);
    state = result.state;
    for (const effect of result.effects) {
      if (effect.kind === 'fired' && (effect.alert === 'page' || effect.alert === 'ticket')) {
        open.set(effect.alert, alerts.length);
        alerts.push({
          slo: slo.name,
          severity: effect.alert,
          firedAt: seconds(to + phase),
          resolvedAt: null,
        });
      } else if (effect.kind === 'resolved' && open.has(effect.alert)) {
        const place = open.get(effect.alert)!;
        alerts[place] = { ...alerts[place]!, resolvedAt: seconds(to + phase) };
      }
    }
    if (to % HOUR_MS === 0) {
      const { remaining } = evaluator.report(state).budget;
      budget.push({ slo: slo.name, timestamp: seconds(to + phase), remaining });
    }
  }
  return { alerts, budget, clamped: state.clamped };
}

/**
 * The SLO as rows of a file can be evaluated: good and total whatever it measures, windows in whole minutes (longer
 * rather than shorter), no waiting for late points.
 */
function replayed(slo: SloSettings): SloSettings {
  const source = { kind: 'other', type: 'series' } as const;
  const whole = (ms: number): number => Math.ceil(ms / MINUTE) * MINUTE;
  return {
    ...slo,
    settleMs: 0,
    indicator: { kind: 'goodTotal', good: source, total: source },
    windows: slo.windows.map((window) => ({
      ...window,
      longWindowMs: whole(window.longWindowMs),
      shortWindowMs: whole(window.shortWindowMs),
    })),
  };
}

/** Every minute from the first point to the last, on full minutes; one without a point has no data. */
function* minutes(points: readonly MinutePoint[], phase: number): Generator<MinutePoint> {
  let next = 0;
  let at = points[0]!.start - phase;
  while (next < points.length) {
    const point = points[next]!;
    if (point.start - phase < at + MINUTE) {
      next++;
      // A row that is off the grid is of the minute it lies in; a second one in it came too late.
      if (point.start - phase < at) continue;
      yield { ...point, start: at };
    } else yield { start: at };
    at += MINUTE;
  }
}

function seconds(ms: number): number {
  return ms / 1000;
}
