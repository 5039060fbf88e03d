// "It will be above the limit within three days, with probability 0.9": evaluated each hour on hourly points of two
// weeks, and kept between, so that the alert can be sent again every five minutes.
import type { Alert } from '../../model/alert.ts';
import { forecast } from '../forecast/forecast.ts';
import { limitCrossing, violationChance } from '../forecast/limit-crossing.ts';
import { regularSeries } from '../forecast/regular-series.ts';
import type { Point } from '../ports.ts';
import type { WatchedMetric } from '../watch/watched-metrics.ts';
import { ALERT_TTL_MS, RESEND_MS } from './alert-times.ts';
import { consoleUrl } from './console-url.ts';

/** A prediction of one metric. Plain JSON. */
export interface Prediction {
  /** Of the metric and statistic. */
  readonly id: string;
  /** When it was last looked at, epoch milliseconds. */
  readonly evaluatedAt: number;
  /** Undefined when nothing is predicted. */
  readonly firing: FiringPrediction | undefined;
}

export interface FiringPrediction {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly sentAt: number;
}

export const PREDICTION_STEP_MS = 3_600_000;
export const PREDICTION_HISTORY_MS = 14 * 86_400_000;
/** A chance this much below the asked one ends it, so that it does not flicker. */
const HYSTERESIS = 0.1;
/** Hours of history below which nothing is predicted. */
const POINTS_MIN = 48;

/** Whether a prediction was not looked at in this hour yet. */
export function isDue(before: Prediction | undefined, nowMs: number): boolean {
  const hourOf = (time: number): number => Math.floor(time / PREDICTION_STEP_MS);
  return before === undefined || hourOf(before.evaluatedAt) < hourOf(nowMs);
}

/** Looks at one metric. @param points hourly, of PREDICTION_HISTORY_MS */
export function predict(
  { id, metric, component, watch }: WatchedMetric,
  points: readonly Point[],
  before: Prediction | undefined,
  nowMs: number,
): Prediction {
  const wanted = watch.prediction;
  const series = regularSeries(points.map(({ time, value }) => ({ time, number: value })));
  if (wanted === undefined || series === undefined || series.values.length < POINTS_MIN) {
    return { id, evaluatedAt: nowMs, firing: undefined };
  }
  const { limit, side, horizonMs, probability } = wanted;
  const horizon = Math.max(1, Math.ceil(horizonMs / series.stepMs));
  const ahead = forecast(series, horizon);
  const chance = violationChance(ahead, limit, side);
  const asked = before?.firing === undefined ? probability : probability - HYSTERESIS;
  if (chance < asked) return { id, evaluatedAt: nowMs, firing: undefined };
  const hours = Math.round(horizonMs / 3_600_000);
  const crossing = limitCrossing(series, limit, side);
  const labels = {
    alertname: 'PredictedViolation',
    severity: watch.severity,
    service: component,
    metric: `${metric.namespace} ${metric.name} ${watch.statistic}`,
    limit: `${side} ${limit}`,
    ...dimensionLabel(metric.dimensions),
  };
  const annotations = {
    summary: `${component}: ${metric.name} ${watch.statistic} will be ${side} ${limit} within ${hours} h with probability ${chance.toFixed(2)}`,
    probability: chance.toFixed(2),
    model: ahead.model,
    ...(crossing !== undefined && { when: crossingText(crossing) }),
  };
  return {
    id,
    evaluatedAt: nowMs,
    firing: {
      labels,
      annotations,
      startsAt: before?.firing?.startsAt ?? nowMs,
      sentAt: before?.firing?.sentAt ?? 0,
    },
  };
}

/** Alerts of predictions that are due, and the end of those that are over. */
export function tellPredictions(
  before: readonly Prediction[],
  now: readonly Prediction[],
  nowMs: number,
): { readonly alerts: readonly Alert[]; readonly predictions: readonly Prediction[] } {
  const alerts: Alert[] = [];
  const firing = new Set(now.flatMap(({ id, firing: one }) => (one === undefined ? [] : [id])));
  for (const { id, firing: over } of before) {
    if (over !== undefined && !firing.has(id)) {
      alerts.push(alertOf(over, nowMs, { ...over.annotations, resolution: 'it is no longer predicted' }));
    }
  }
  const predictions = now.map((prediction): Prediction => {
    const { firing: one } = prediction;
    if (one === undefined || nowMs - one.sentAt < RESEND_MS) return prediction;
    alerts.push(alertOf(one, nowMs + ALERT_TTL_MS, one.annotations));
    return { ...prediction, firing: { ...one, sentAt: nowMs } };
  });
  return { alerts, predictions };
}

function alertOf(
  { labels, startsAt }: FiringPrediction,
  endsAt: number,
  annotations: Readonly<Record<string, string>>,
): Alert {
  return {
    labels,
    annotations,
    startsAt,
    endsAt,
    generatorUrl: consoleUrl(labels.metric ?? ''),
    source: 'anomaly',
  };
}

function dimensionLabel(dimensions: readonly { name: string; value: string }[]): { dimensions?: string } {
  if (dimensions.length < 2) return {};
  return { dimensions: dimensions.map(({ name, value }) => `${name}=${value}`).join(',') };
}

function crossingText({
  earliest,
  likely,
  latest,
}: {
  earliest: number;
  likely: number;
  latest: number;
}): string {
  const day = (time: number): string => (Number.isFinite(time) ? dateText(time) : 'never');
  return `by its trend ${day(likely)} (${day(earliest)} to ${day(latest)})`;
}

/** Beyond what a date can be it is as good as never. */
function dateText(time: number): string {
  return time < 8e15 ? `${new Date(time).toISOString().slice(0, 16)}Z` : 'never';
}
