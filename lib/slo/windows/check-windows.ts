// Whether pairs make sense for an objective: in a table a user wrote a pair that can never fire is an error, in a
// default table it is dropped with a warning.
import { formatDuration } from '../../model/duration.ts';
import type { ProblemList } from '../problems.ts';
import { badRatioThreshold } from './burn-rate.ts';
import type { BurnWindow } from './default-table.ts';

/** Largest error ratio there is: a pair whose threshold reaches it cannot be exceeded. */
const ALL_FAIL = 1;

/** True when an error ratio of 1 would exceed the pair's threshold. */
export function canFire(window: BurnWindow, objective: number): boolean {
  return badRatioThreshold(window.factor, objective) < ALL_FAIL;
}

/**
 * The default pairs that can fire.
 * @param path of the SLO in its file
 */
export function usableDefaults(
  windows: readonly BurnWindow[],
  objective: number,
  path: string,
  problems: ProblemList,
): BurnWindow[] {
  const usable = windows.filter((window) => {
    if (canFire(window, objective)) return true;
    problems.warning(path, `${pairName(window)} can never fire and is left out: ${why(window, objective)}`);
    return false;
  });
  for (const window of usable) warnBelowOne(window, path, problems);
  if (usable.length === 0) problems.warning(path, 'no burn-rate window is left, so nothing alerts');
  return usable;
}

/** Lists what is wrong with a pair that a user wrote. @param path of the pair */
export function checkCustom(
  window: BurnWindow,
  objective: number,
  periodMs: number,
  path: string,
  problems: ProblemList,
): void {
  if (window.shortWindowMs >= window.longWindowMs) {
    problems.error(
      `${path}.shortWindow`,
      `expected less than the long window of ${formatDuration(window.longWindowMs)}, got ${formatDuration(window.shortWindowMs)}`,
    );
  }
  if (window.longWindowMs > periodMs) {
    problems.error(
      `${path}.longWindow`,
      `expected at most the period of ${formatDuration(periodMs)}, got ${formatDuration(window.longWindowMs)}`,
    );
  }
  if (!canFire(window, objective))
    problems.error(path, `${pairName(window)} can never fire: ${why(window, objective)}`);
  else warnBelowOne(window, path, problems);
}

function warnBelowOne(window: BurnWindow, path: string, problems: ProblemList): void {
  if (window.factor >= 1) return;
  problems.warning(
    path,
    `${pairName(window)} has the factor ${shortNumber(window.factor)}: it also fires while the objective is met`,
  );
}

function why(window: BurnWindow, objective: number): string {
  const threshold = badRatioThreshold(window.factor, objective);
  return `${shortNumber(window.factor)} times the budget of objective ${objective} is an error ratio of ${shortNumber(threshold)}`;
}

function pairName({ severity, longWindowMs, shortWindowMs }: BurnWindow): string {
  return `${severity} ${formatDuration(longWindowMs)}/${formatDuration(shortWindowMs)}`;
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
