// A deployment in memory for the tests of a run: metrics that can be late, missing or throttled, and ears for what is told.
import type { Alert } from '../../../lib/model/alert.ts';
import type { SloChange } from '../../../lib/slo/changes/change.ts';
import type { MetricRead, MetricSeries, ReadFailure, SloDatum, SloEvent } from '../../../lib/slo/ports.ts';
import { SloRun, type SloRunPorts } from '../../../lib/slo/run/evaluate-shard.ts';
import type { Indicator, SloRuntimeSettings, SloSettings } from '../../../lib/slo/settings.ts';
import { MemorySloStore } from '../../support/memory-slo-store.ts';
import { MINUTE, slo } from '../support.ts';

/** A metric of the test, by its name. */
export const source = (metric: string) =>
  ({ kind: 'cloudwatch', namespace: 'Shop', metric, dimensions: {}, statistic: 'Sum' }) as const;

export const goodTotal = (name = ''): Indicator => ({
  kind: 'goodTotal',
  good: source(`${name}good`),
  total: source(`${name}total`),
});

/** An SLO of CloudWatch metrics `good` and `total`. */
export const measured = (changes: Partial<SloSettings> = {}): SloSettings =>
  slo({ indicator: goodTotal(), ...changes });

export class World implements SloRunPorts {
  readonly store = new MemorySloStore();
  readonly sends: { alerts: readonly Alert[]; now: number }[] = [];
  readonly told: SloEvent[] = [];
  readonly published: { datums: readonly SloDatum[]; at: number }[] = [];
  readonly reads: MetricRead[] = [];
  readonly changeList: SloChange[] = [];
  /** Values by metric and minute. */
  readonly values = new Map<string, Map<number, number>>();
  /** Metrics that cannot be read. */
  readonly failing = new Map<string, ReadFailure>();
  isQueueDown = false;
  isBusDown = false;

  readonly metrics = {
    read: async (read: MetricRead): Promise<MetricSeries[]> => {
      this.reads.push(read);
      return read.sources.map(({ metric }) => {
        const reason = this.failing.get(metric);
        if (reason !== undefined) return { kind: 'failed', reason, message: 'told to' };
        const values = new Map<number, number>();
        for (const [at, value] of this.values.get(metric) ?? []) {
          if (at < read.from || at >= read.to) continue;
          const start = Math.floor(at / read.periodMs) * read.periodMs;
          values.set(start, (values.get(start) ?? 0) + value);
        }
        return { kind: 'complete', values };
      });
    },
  };
  readonly changes = { list: async () => this.changeList };
  readonly alerts = {
    send: async (alerts: readonly Alert[], now: number): Promise<void> => {
      if (this.isQueueDown) throw new Error('the queue is down');
      this.sends.push({ alerts, now });
    },
  };
  readonly publisher = {
    publish: async (datums: readonly SloDatum[], at: number): Promise<void> => {
      this.published.push({ datums, at });
    },
  };
  readonly events = {
    put: async (events: readonly SloEvent[]): Promise<void> => {
      if (this.isBusDown) throw new Error('the bus is down');
      this.told.push(...events);
    },
  };

  put(metric: string, at: number, value: number | undefined): void {
    const values = this.values.get(metric) ?? new Map<number, number>();
    if (value === undefined) values.delete(at);
    else values.set(at, value);
    this.values.set(metric, values);
  }

  /** Counts a value in its minute, as CloudWatch does. */
  add(metric: string, at: number, value: number): void {
    const minute = Math.floor(at / MINUTE) * MINUTE;
    this.put(metric, minute, (this.values.get(metric)?.get(minute) ?? 0) + value);
  }

  /** Traffic of each minute in [from, to). */
  traffic(from: number, to: number, total: number, bad: number, name = ''): void {
    for (let at = from; at < to; at += MINUTE) {
      this.put(`${name}good`, at, total - bad);
      this.put(`${name}total`, at, total);
    }
  }

  /** Everything told, in order. */
  get alertList(): Alert[] {
    return this.sends.flatMap(({ alerts }) => alerts);
  }
}

/** A fresh instance of the function over the same world. */
export function instance(
  world: SloRunPorts,
  slos: readonly SloSettings[],
  changes: Partial<SloRuntimeSettings> = {},
) {
  const run = new SloRun(
    { slos, shards: 1, metricsNamespace: 'Tidewatch/SLO', detailedMetrics: [], events: true, ...changes },
    world,
  );
  return (now: number, shard = 0) => run.run({ now, shard, deadlineMs: Number.POSITIVE_INFINITY });
}
