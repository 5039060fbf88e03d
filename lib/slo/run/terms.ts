// What of CloudWatch an SLO is made of, and how the answers become its minutes.
import { combineParts } from '../evaluation/composite.ts';
import { type Counts, NO_EVENTS, plus } from '../evaluation/counts.ts';
import { type MinutePoint, readPoint } from '../evaluation/read-point.ts';
import { SETTLE_GOOD_MS } from '../evaluation/slice.ts';
import { floorTo } from '../evaluation/slice-ladder.ts';
import type { CloudWatchSource } from '../ports.ts';
import type { CompositePart, Indicator, MetricSource, SloSettings } from '../settings.ts';

const MINUTE = 60_000;

type Term = 'good' | 'bad' | 'total' | 'value';
type Single = CompositePart['indicator'];

/** Values of one metric by the beginning of their period. */
export type Values = ReadonlyMap<number, number>;
/** Values by `sourceKey`. */
export type ValuesBySource = ReadonlyMap<string, Values>;

/** The same for the same metric and statistic, so that it is read once for all SLOs that share it. */
export function sourceKey(source: CloudWatchSource): string {
  const { namespace, metric, dimensions, statistic, region = '', account = '' } = source;
  const pairs = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, metric, pairs, statistic, region, account]);
}

/** Every metric of an SLO; undefined when one of them is of a system that is not read. */
export function sourcesOf({ indicator }: Pick<SloSettings, 'indicator'>): CloudWatchSource[] | undefined {
  const sources = singles(indicator).flatMap((single) => termsOf(single).map(([, source]) => source));
  return sources.every(isRead) ? sources : undefined;
}

function isRead(source: MetricSource): source is CloudWatchSource {
  return source.kind === 'cloudwatch';
}

function singles(indicator: Indicator): Single[] {
  return indicator.kind === 'composite' ? indicator.parts.map((part) => part.indicator) : [indicator];
}

function termsOf(indicator: Single): [Term, MetricSource][] {
  switch (indicator.kind) {
    case 'goodTotal':
      return [
        ['good', indicator.good],
        ['total', indicator.total],
      ];
    case 'badTotal':
      return [
        ['bad', indicator.bad],
        ['total', indicator.total],
      ];
    case 'raw':
    case 'threshold':
      return [['value', indicator.metric]];
  }
}

/**
 * The minutes of an SLO by what was read.
 * @param values complete in [from, to)
 * @param periodMs of the values; above a minute they stand for all minutes of their period
 * @param now epoch milliseconds
 */
export function minutesOf(
  slo: SloSettings,
  values: ValuesBySource,
  from: number,
  to: number,
  periodMs: number,
  now: number,
): MinutePoint[] {
  if (slo.indicator.kind !== 'composite') {
    const points = singlePoints(slo.indicator, values, from, to, periodMs);
    return periodMs === MINUTE ? points : points.flatMap((point) => spread(slo, point, periodMs));
  }
  return compositePoints(slo, slo.indicator.parts, values, from, to, periodMs, now);
}

function singlePoints(
  indicator: Single,
  values: ValuesBySource,
  from: number,
  to: number,
  periodMs: number,
): MinutePoint[] {
  const terms = termsOf(indicator).flatMap(([term, source]) =>
    isRead(source) ? [[term, values.get(sourceKey(source))] as const] : [],
  );
  const points = new Map<number, Record<string, number>>();
  for (const [term, found] of terms) {
    for (const [at, value] of found ?? []) {
      const start = floorTo(at, periodMs);
      if (start < from || start >= to) continue;
      const point = points.get(start) ?? { start };
      point[term] = value;
      points.set(start, point);
    }
  }
  return [...points.values()].map((point) => point as unknown as MinutePoint);
}

/**
 * One point of a long period as points of minutes. Events lie in its first minute, so that they stay whole; where a
 * minute counts as one whatever it holds, each gets its part.
 */
function spread(slo: SloSettings, point: MinutePoint, periodMs: number): MinutePoint[] {
  const isValue = slo.indicator.kind === 'raw' || slo.indicator.kind === 'threshold';
  if (!isValue && slo.budgeting.kind === 'occurrences') return [point];
  const minutes = periodMs / MINUTE;
  const part = (value: number | undefined) => (value === undefined ? undefined : value / minutes);
  return Array.from({ length: minutes }, (_, minute) => ({
    ...point,
    ...(!isValue && { good: part(point.good), bad: part(point.bad), total: part(point.total) }),
    start: point.start + minute * MINUTE,
  }));
}

/** Parts are combined by units of the budget: with time slices a slice is judged as a whole. */
function compositePoints(
  slo: SloSettings,
  parts: readonly CompositePart[],
  values: ValuesBySource,
  from: number,
  to: number,
  periodMs: number,
  now: number,
): MinutePoint[] {
  const unitMs = slo.budgeting.kind === 'occurrences' ? MINUTE : Math.max(MINUTE, slo.budgeting.sliceMs);
  const stepMs = Math.max(unitMs, periodMs);
  const unsettled = new Set<number>();
  const events = parts.map(({ indicator }) => {
    const byStep = new Map<number, Counts>();
    for (const point of singlePoints(indicator, values, from, to, periodMs)) {
      const step = floorTo(point.start, stepMs);
      const counts = countsOf(indicator, point, now - point.start - periodMs);
      if (counts === undefined) unsettled.add(step);
      else byStep.set(step, plus(byStep.get(step) ?? NO_EVENTS, counts));
    }
    return byStep;
  });
  const points: MinutePoint[] = [];
  const first = floorTo(from, stepMs) < from ? floorTo(from, stepMs) + stepMs : from;
  for (let step = first; step + stepMs <= to; step += stepMs) {
    const counts = events.map((byStep) => byStep.get(step) ?? NO_EVENTS);
    if (unsettled.has(step) || counts.every(({ total }) => total === 0)) continue;
    const combined = combineParts(parts, counts, slo.budgeting, slo.objective);
    if (slo.budgeting.kind === 'occurrences') points.push({ start: step, ...combined });
    // In the last minute of the slice, which was not evaluated before the slice was whole.
    else
      for (let end = step + unitMs; end <= step + stepMs; end += unitMs)
        points.push({ start: end - MINUTE, ...combined });
  }
  return points;
}

/** Undefined while the good events are awaited. */
function countsOf(indicator: Single, point: MinutePoint, ageMs: number): Counts | undefined {
  const reading = readPoint(indicator, point);
  switch (reading.kind) {
    case 'counts':
      return reading.counts;
    case 'noData':
      return NO_EVENTS;
    case 'unsettled':
      return ageMs < SETTLE_GOOD_MS ? undefined : { bad: reading.total, total: reading.total };
  }
}
