// How many alerts each strictness would have made on the metrics of one's own account: history in, periods out.
import { type Backtest, backtestAlerts } from '../alert-periods.ts';
import type { MetricHistory } from '../ports.ts';
import { detectorSettings } from '../run/judge-metric.ts';
import { readyRows, settledEnd } from '../run/new-rows.ts';
import { CADENCE_MS } from '../watch/settings.ts';
import type { WatchedMetric } from '../watch/watched-metrics.ts';

export interface MetricBacktest {
  readonly watched: WatchedMetric;
  /** Rows that were judged, with missing ones as the watch wants them. */
  readonly rows: number;
  readonly backtests: readonly Backtest[];
}

/** Metrics whose history is read in one go. */
const AT_A_TIME = 25;

/**
 * Replays history as the deployed detector would have seen it.
 * @param onProgress is told how many metrics are done
 * @throws what the history throws
 */
export async function backtestMetrics(
  history: MetricHistory,
  watched: readonly WatchedMetric[],
  strictnesses: readonly number[],
  range: { readonly fromMs: number; readonly toMs: number },
  onProgress: (done: number) => void = () => {},
): Promise<MetricBacktest[]> {
  const results: MetricBacktest[] = [];
  for (const every of ['5m', '1m'] as const) {
    const stepMs = CADENCE_MS[every];
    const metrics = watched.filter(({ watch }) => watch.every === every);
    const from = Math.floor(range.fromMs / stepMs) * stepMs;
    const to = settledEnd(range.toMs, stepMs);
    for (let at = 0; at < metrics.length; at += AT_A_TIME) {
      const some = metrics.slice(at, at + AT_A_TIME);
      const queries = some.map(({ metric, watch }) => ({ metric, statistic: watch.statistic }));
      const series = await history.read(queries, stepMs, from, to);
      some.forEach((one, place) => {
        const rows = readyRows(series[place] ?? [], undefined, range.toMs, stepMs, one.watch.missing);
        const backtests = backtestAlerts(rows, detectorSettings(one.watch), strictnesses);
        results.push({ watched: one, rows: rows.length, backtests });
      });
      onProgress(results.length);
    }
  }
  return results;
}
