// Replays a metric's history: how many alerts a strictness would have made, and when. For the backtest that a team
// runs before it trusts a detector, and to rebuild a detector's state.
import { Detector } from './detector.ts';
import { ALERT_SCORE, type DetectorSettings } from './settings.ts';

export interface HistoryRow {
  /** Epoch milliseconds. */
  readonly time: number;
  /** NaN where it is missing. */
  readonly value: number;
}

/** A stretch of alerts that one incident would have been. */
export interface AlertPeriod {
  readonly from: number;
  readonly to: number;
  /** Highest score in it. */
  readonly score: number;
}

export interface Backtest {
  readonly strictness: number;
  readonly periods: readonly AlertPeriod[];
}

/** Alerts closer together than this are one period. */
const APART_MS = 60 * 60_000;

/** A detector that has seen a history; without the excluded periods of its settings, as if they had never been. */
export function rebuildDetector(
  rows: Iterable<HistoryRow>,
  settings: Partial<DetectorSettings> = {},
): Detector {
  const detector = new Detector(settings);
  for (const { time, value } of rows) detector.push(time, value);
  return detector;
}

/** The alert periods of a history for each strictness. */
export function backtestAlerts(
  rows: readonly HistoryRow[],
  settings: Partial<DetectorSettings>,
  strictnesses: readonly number[],
): Backtest[] {
  return strictnesses.map((strictness) => {
    const detector = new Detector({ ...settings, strictness });
    const periods: AlertPeriod[] = [];
    for (const { time, value } of rows) {
      const { score } = detector.push(time, value);
      if (score < ALERT_SCORE) continue;
      const last = periods.at(-1);
      if (last !== undefined && time - last.to <= APART_MS) {
        periods[periods.length - 1] = {
          from: last.from,
          to: Math.max(last.to, time),
          score: Math.max(last.score, score),
        };
      } else {
        periods.push({ from: time, to: time, score });
      }
    }
    return { strictness, periods };
  });
}
