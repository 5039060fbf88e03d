// A row that another version wrote → a state to go on from: what its status says, with sums that are made anew from the
// hour rows. Else an SLO would not be evaluated again until somebody removed its row.
import type { SloEvaluator } from '../evaluation/evaluator.ts';
import type { AlertKind, Firing, SloState } from '../evaluation/state.ts';
import type { HotRow } from '../ports.ts';
import { isPacked, unpackSlices } from './slice-pack.ts';
import { type RunMemory, readState } from './state-text.ts';

export interface Restored {
  readonly row: HotRow;
  readonly before: { readonly state: SloState; readonly memory: RunMemory };
  /** The row was of another version. */
  readonly isRestored: boolean;
}

/**
 * The state of a row, restored where it cannot be read. Of a restored one the last two days are read again, what was
 * waiting to be told is forgotten, and what fires is told again or ended.
 */
export function stateOf(evaluator: SloEvaluator, row: HotRow): Restored {
  try {
    if (isPacked(row.recent)) return { row, before: readState(row.state), isRestored: false };
  } catch {
    // Of another version, or no state at all.
  }
  const { status } = row;
  const recent = isPacked(row.recent) ? row.recent : new Uint8Array(0);
  const to = status.measuredTo;
  const firing: Partial<Record<AlertKind, Firing>> = {};
  for (const kind of status.firing) firing[kind] = { since: to, saidAt: 0 };
  const isClosed = status.actions.some((action) => action !== 'notify');
  return {
    row: { ...row, recent, outbox: '' },
    before: {
      state: {
        ...evaluator.begin(to),
        // Of no definition, so that all is summed anew.
        rules: '',
        firing,
        budgetState: status.budgetState,
        actions: status.actions,
        firstDataAt: status.lastDataAt === null ? null : evaluator.oldest(to),
        lastDataAt: status.lastDataAt,
      },
      memory: {
        hourlyAt: 0,
        dailyAt: 0,
        gate: isClosed ? 'closed' : 'open',
        recentFrom: Math.min(to, ...unpackSlices(recent).map(({ start }) => start)),
      },
    },
    isRestored: true,
  };
}
