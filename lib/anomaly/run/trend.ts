// "It got slowly worse": a metric that moved by more than it should over two weeks, day after day. Looked at each
// hour beside predictions, told quietly.
import { median } from '../causes/shift.ts';
import { regularSeries } from '../forecast/regular-series.ts';
import { robustTrend } from '../forecast/robust-trend.ts';
import type { Point } from '../ports.ts';
import type { WatchedMetric } from '../watch/watched-metrics.ts';
import type { Prediction } from './prediction.ts';

/** Hours of history below which nothing is a trend. */
const POINTS_MIN = 7 * 24;
const DAY_MS = 86_400_000;
/** A trend that shrinks to this share of what was asked is over, so that it does not flicker. */
const OVER_AT = 0.8;

/** Under which a trend is kept beside the metric's prediction. */
export const trendId = (id: string): string => `trend ${id}`;

/** Looks at one metric. @param points hourly, of two weeks */
export function findTrend(
  { id, metric, component, watch }: WatchedMetric,
  points: readonly Point[],
  before: Prediction | undefined,
  nowMs: number,
): Prediction {
  const nothing: Prediction = { id: trendId(id), evaluatedAt: nowMs, firing: undefined };
  const wanted = watch.trend;
  const series = regularSeries(points.map(({ time, value }) => ({ time, number: value })));
  if (wanted === undefined || series === undefined || series.values.length < POINTS_MIN) return nothing;
  const days = daysOf(series.values, Math.max(1, Math.round(DAY_MS / series.stepMs)));
  const { slope, slopeLow, slopeHigh, level } = robustTrend(days);
  const change = slope * (days.length - 1);
  const sign = wanted.worse === 'up' ? 1 : -1;
  const start = level - change;
  const share = start === 0 ? 0 : (change * sign) / Math.abs(start);
  // Nine of ten slopes between halves point the same way, or it only goes up and down.
  const isSteady = sign > 0 ? slopeLow > 0 : slopeHigh < 0;
  const asked = before?.firing === undefined ? wanted.by : wanted.by * OVER_AT;
  if (!isSteady || share < asked) return nothing;
  const percent = `${Math.round(100 * share)} %`;
  return {
    ...nothing,
    firing: {
      labels: {
        alertname: 'GradualDegradation',
        severity: 'info',
        service: component,
        metric: `${metric.namespace} ${metric.name} ${watch.statistic}`,
        dimensions: metric.dimensions.map(({ name, value }) => `${name}=${value}`).join(','),
      },
      annotations: {
        summary: `${component}: ${metric.name} ${watch.statistic} went ${wanted.worse} by ${percent} in ${days.length} days`,
        from: String(Number(start.toPrecision(4))),
        to: String(Number(level.toPrecision(4))),
      },
      startsAt: before?.firing?.startsAt ?? nowMs,
      sentAt: before?.firing?.sentAt ?? 0,
    },
  };
}

/** The middle of each day, counted back from the last value: the time of day is no trend. */
function daysOf(values: readonly number[], perDay: number): number[] {
  const days: number[] = [];
  for (let end = values.length; end >= perDay; end -= perDay) {
    days.unshift(median(values.slice(end - perDay, end)));
  }
  return days;
}
