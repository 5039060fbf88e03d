// The world of the anomaly detection in memory: metrics are functions of time, objects have versions, alerts are kept.
import type { CallEdge } from '../../../lib/anomaly/causes/rank-causes.ts';
import type {
  Change,
  ChangeLog,
  ChangeRecorder,
  MetricCatalogue,
  MetricHistory,
  MetricIdentity,
  Point,
  PublishedScore,
  SeriesQuery,
  StoredObject,
  VersionedObjects,
} from '../../../lib/anomaly/ports.ts';
import { metricId } from '../../../lib/anomaly/watch/watched-metrics.ts';
import type { Alert } from '../../../lib/model/alert.ts';

/** Objects of which only the reader of the newest version may write the next. */
export class MemoryObjects implements VersionedObjects {
  readonly #objects = new Map<string, StoredObject>();
  #versions = 0;
  /** Called before each write: a test lets another run in between. */
  beforeSave: (key: string) => Promise<void> = async () => {};

  async load(key: string): Promise<StoredObject | undefined> {
    return this.#objects.get(key);
  }

  async save(key: string, bytes: Uint8Array, version: string | undefined) {
    await this.beforeSave(key);
    if (this.#objects.get(key)?.version !== version) return 'conflict' as const;
    const next = `v${++this.#versions}`;
    this.#objects.set(key, { bytes, version: next });
    return { version: next };
  }
}

/** What a metric is at a time; undefined where it has no point. */
export type Signal = (time: number) => number | undefined;

/** CloudWatch as functions of time. */
export class MemoryMetrics implements MetricCatalogue, MetricHistory {
  readonly #signals = new Map<string, { metric: MetricIdentity; signal: Signal }>();
  /** Points read so far. */
  reads: { queries: number; from: number; to: number; stepMs: number }[] = [];
  /** Thrown by the next reads. */
  failure: Error | undefined;

  add(metric: MetricIdentity, statistic: string, signal: Signal): void {
    this.#signals.set(metricId(metric, statistic), { metric, signal });
  }

  async list(namespace: string, name: string | undefined): Promise<readonly MetricIdentity[]> {
    const found = new Map<string, MetricIdentity>();
    for (const { metric } of this.#signals.values()) {
      if (metric.namespace !== namespace || (name !== undefined && metric.name !== name)) continue;
      found.set(metricId(metric, ''), metric);
    }
    return [...found.values()];
  }

  async read(
    queries: readonly SeriesQuery[],
    stepMs: number,
    fromMs: number,
    toMs: number,
  ): Promise<readonly (readonly Point[])[]> {
    if (this.failure !== undefined) throw this.failure;
    this.reads.push({ queries: queries.length, from: fromMs, to: toMs, stepMs });
    return queries.map(({ metric, statistic }) => {
      const known = this.#signals.get(metricId(metric, statistic));
      const points: Point[] = [];
      for (let time = fromMs; time < toMs; time += stepMs) {
        const value = known?.signal(time);
        if (value !== undefined) points.push({ time, value });
      }
      return points;
    });
  }
}

export class MemoryChanges implements ChangeLog, ChangeRecorder {
  readonly #changes = new Map<string, Change>();

  async record(change: Change): Promise<void> {
    this.#changes.set(`${change.time} ${change.id}`, change);
  }

  async between(fromMs: number, toMs: number): Promise<readonly Change[]> {
    return [...this.#changes.values()]
      .filter(({ time }) => time >= fromMs && time < toMs)
      .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  }
}

/** All ports, and what went out of them. */
export class MemoryWorld {
  readonly objects = new MemoryObjects();
  readonly metrics = new MemoryMetrics();
  readonly changes = new MemoryChanges();
  readonly sent: { readonly at: number; readonly alert: Alert }[] = [];
  readonly published: PublishedScore[] = [];
  calls: readonly CallEdge[] = [];
  clockMs = 0;

  get ports() {
    return {
      objects: this.objects,
      history: this.metrics,
      catalogue: this.metrics,
      changes: this.changes,
      graph: { edges: async () => this.calls },
      alerts: {
        send: async (alerts: readonly Alert[], at: number) => {
          this.sent.push(...alerts.map((alert) => ({ at, alert })));
        },
      },
      scores: {
        publish: async (scores: readonly PublishedScore[]) => {
          this.published.push(...scores);
        },
      },
      clock: () => this.clockMs,
    };
  }
}
