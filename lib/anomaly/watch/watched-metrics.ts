// Which metrics are watched: the watches of the configuration, put against what CloudWatch lists.
import type { MetricCatalogue, MetricIdentity } from '../ports.ts';
import type { WatchSettings } from './settings.ts';

/** A metric with the watch it came by. */
export interface WatchedMetric {
  /** Identity of metric and statistic, as text. */
  readonly id: string;
  readonly metric: MetricIdentity;
  readonly component: string;
  readonly watch: WatchSettings;
}

/** @example metricId({ namespace: 'AWS/SQS', name: 'X', dimensions: [] }, 'Sum') // 'AWS/SQS X{} Sum' */
export function metricId({ namespace, name, dimensions }: MetricIdentity, statistic: string): string {
  const written = dimensions.map(({ name: key, value }) => `${key}=${JSON.stringify(value)}`).join(',');
  return `${namespace} ${name}{${written}} ${statistic}`;
}

/** A metric with its dimensions in order of their names. */
export function identity(
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
): MetricIdentity {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return { namespace, name, dimensions: sorted.map(([key, value]) => ({ name: key, value })) };
}

/** Whether a watch names one metric and needs no list. */
const isExplicit = (watch: WatchSettings): boolean =>
  !watch.metric.endsWith('*') && Object.values(watch.dimensions).every((value) => !value.includes('*'));

/** All watched metrics, each once: by the first watch that matches it. In the order of the watches. */
export async function watchedMetrics(
  watches: readonly WatchSettings[],
  catalogue: MetricCatalogue,
): Promise<WatchedMetric[]> {
  const lists = new Map<string, Promise<readonly MetricIdentity[]>>();
  const list = (watch: WatchSettings): Promise<readonly MetricIdentity[]> => {
    const name = watch.metric.endsWith('*') ? undefined : watch.metric;
    const key = `${watch.namespace}\n${name ?? ''}`;
    const known = lists.get(key);
    if (known !== undefined) return known;
    const asked = catalogue.list(watch.namespace, name);
    lists.set(key, asked);
    return asked;
  };
  const found = new Map<string, WatchedMetric>();
  for (const watch of watches) {
    const metrics = isExplicit(watch)
      ? [identity(watch.namespace, watch.metric, watch.dimensions)]
      : (await list(watch)).filter((metric) => matches(watch, metric));
    for (const metric of metrics) {
      const id = metricId(metric, watch.statistic);
      if (!found.has(id)) found.set(id, { id, metric, component: componentOf(watch, metric), watch });
    }
  }
  return [...found.values()];
}

/** Whether a metric has the watch's name and exactly its dimensions. */
export function matches(watch: WatchSettings, { name, dimensions }: MetricIdentity): boolean {
  const wanted = Object.keys(watch.dimensions);
  if (!matchesText(watch.metric, name) || dimensions.length !== wanted.length) return false;
  return dimensions.every(({ name: key, value }) => {
    const pattern = watch.dimensions[key];
    return pattern !== undefined && matchesText(pattern, value);
  });
}

/** `*` stands for any text; everything else for itself. */
export function matchesText(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0]!;
  if (parts.length === 1) return pattern === text;
  const last = parts.at(-1)!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const place = text.indexOf(part, at);
    if (place < 0 || place + part.length > end) return false;
    at = place + part.length;
  }
  return true;
}

function componentOf(watch: WatchSettings, { name, dimensions }: MetricIdentity): string {
  const filled = watch.component.replace(
    /\{([^{}]+)\}/g,
    (_, key: string) => dimensions.find((dimension) => dimension.name === key)?.value ?? '',
  );
  return filled === '' ? `${watch.namespace} ${name}` : filled;
}
