// An SLO's state as the text of its hot row: arrays instead of names, so that the row stays below 1 KB.
import { PermanentError } from '../../model/errors.ts';
import type { BudgetState } from '../budget/budget-state.ts';
import { ALERT_KINDS, type Firing, type SloState } from '../evaluation/state.ts';
import type { PolicyAction } from '../settings.ts';

/** What the run itself remembers beside the state. */
export interface RunMemory {
  /** When the last three hours, and the last two days, were read again. Epoch milliseconds. */
  readonly hourlyAt: number;
  readonly dailyAt: number;
  /** What was last said about the gate. */
  readonly gate: 'open' | 'closed';
  /** Minutes before this are in hour rows; those from it on are in the hot row. */
  readonly recentFrom: number;
}

const VERSION = 1;
const BUDGET_STATES: readonly BudgetState[] = ['healthy', 'warning', 'critical', 'exhausted'];
const ACTIONS: readonly PolicyAction[] = ['notify', 'requireApproval', 'freeze'];

type Pair = readonly [number, number];
type Row = readonly [
  version: number,
  rules: string,
  to: number,
  sums: readonly Pair[],
  budget: readonly [number, number, number],
  burningSince: readonly (number | null)[],
  firing: readonly (Pair | 0)[],
  budgetState: number,
  actions: readonly number[],
  unsettled: readonly number[],
  goodMissingSince: number | null,
  firstDataAt: number | null,
  lastDataAt: number | null,
  clamped: number,
  memory: readonly [number, number, 0 | 1, number],
];

export function writeState(state: SloState, memory: RunMemory): string {
  const { sums, budget, firing, actions } = state;
  const row: Row = [
    VERSION,
    state.rules,
    state.to,
    sums.map(({ bad, total }) => [bad, total]),
    [budget.bad, budget.total, budget.from],
    state.burningSince,
    ALERT_KINDS.map((kind) => {
      const one = firing[kind];
      return one === undefined ? 0 : [one.since, one.saidAt];
    }),
    BUDGET_STATES.indexOf(state.budgetState),
    actions.map((action) => ACTIONS.indexOf(action)),
    state.unsettled,
    state.goodMissingSince,
    state.firstDataAt,
    state.lastDataAt,
    state.clamped,
    [memory.hourlyAt, memory.dailyAt, memory.gate === 'closed' ? 1 : 0, memory.recentFrom],
  ];
  return JSON.stringify(row);
}

/** @throws PermanentError `malformed` for a text of another version */
export function readState(text: string): { readonly state: SloState; readonly memory: RunMemory } {
  const row = JSON.parse(text) as Row;
  if (row[0] !== VERSION)
    throw new PermanentError('malformed', `an SLO state of version ${row[0]}, expected ${VERSION}`);
  const [, rules, to, sums, budget, burningSince, told, budgetState, actions, unsettled, ...rest] = row;
  const [goodMissingSince, firstDataAt, lastDataAt, clamped, memory] = rest;
  const firing: Partial<Record<(typeof ALERT_KINDS)[number], Firing>> = {};
  for (const [place, kind] of ALERT_KINDS.entries()) {
    const one = told[place];
    if (one) firing[kind] = { since: one[0], saidAt: one[1] };
  }
  return {
    state: {
      rules,
      to,
      sums: sums.map(([bad, total]) => ({ bad, total })),
      budget: { bad: budget[0], total: budget[1], from: budget[2] },
      burningSince,
      firing,
      budgetState: BUDGET_STATES[budgetState]!,
      actions: actions.map((place) => ACTIONS[place]!),
      unsettled,
      goodMissingSince,
      firstDataAt,
      lastDataAt,
      clamped,
    },
    memory: {
      hourlyAt: memory[0],
      dailyAt: memory[1],
      gate: memory[2] === 1 ? 'closed' : 'open',
      recentFrom: memory[3],
    },
  };
}
