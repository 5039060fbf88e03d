// The last step of reading an SLO, whatever form it was written in: its windows, and what only shows when all is known.
import { formatDuration } from '../../model/duration.ts';
import type { ProblemList } from '../problems.ts';
import type { CompositePart, SloSettings } from '../settings.ts';
import { usableDefaults } from '../windows/check-windows.ts';
import { type BurnWindow, defaultTable } from '../windows/default-table.ts';
import { nominalLengthMs } from './budget-period.ts';

/** Above this an SLO without a rationale is asked for one: each further nine costs about ten times as much. */
const OBJECTIVE_TO_EXPLAIN = 0.9999;

/** Puts windows to an SLO and says what the two have against each other. @param path of the SLO in its file */
export function complete(
  slo: Omit<SloSettings, 'windows'>,
  path: string,
  windows: readonly BurnWindow[],
  problems: ProblemList,
): SloSettings {
  const { budgeting, objective, rationale } = slo;
  if (objective > OBJECTIVE_TO_EXPLAIN && rationale === '')
    problems.warning(
      path,
      `an objective of ${objective} has no rationale; each further nine costs about tenfold`,
    );
  const sliceMs = budgeting.kind === 'occurrences' ? 0 : budgeting.sliceMs;
  for (const { shortWindowMs } of windows) {
    if (shortWindowMs >= sliceMs) continue;
    problems.error(
      path,
      `a short window of ${formatDuration(shortWindowMs)} holds no whole slice of ${formatDuration(sliceMs)}`,
    );
  }
  return { ...slo, windows };
}

/** The pairs of the default table that can fire; short windows hold at least one whole time slice. */
export function fittingDefaults(
  { budgeting, period, objective }: Omit<SloSettings, 'windows'>,
  path: string,
  problems: ProblemList,
): BurnWindow[] {
  const shortest = budgeting.kind === 'occurrences' ? 0 : budgeting.sliceMs;
  const table = defaultTable(nominalLengthMs(period))
    .map((window) => ({ ...window, shortWindowMs: Math.max(window.shortWindowMs, shortest) }))
    .filter(({ shortWindowMs, longWindowMs }) => shortWindowMs < longWindowMs);
  return usableDefaults(table, objective, path, problems);
}

/** The objective a composite is measured by: that of its strictest part; the others are scaled to it. */
export function compositeObjective(parts: readonly CompositePart[]): number {
  return Math.max(...parts.map(({ objective }) => objective));
}
