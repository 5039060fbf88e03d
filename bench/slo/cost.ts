// What an SLO costs a month, from counted calls, writes, metrics and alarms of a day of evaluations, side by side with
// reading every window again each minute and with what Application Signals needs for the same alerts.
import { readSlos } from '../../lib/slo/definition/read-slos.ts';
import { isGated } from '../../lib/slo/gate/gate.ts';
import type { HotRow, MetricRead, MetricSeries, SloCommit, SloDatum } from '../../lib/slo/ports.ts';
import { SloRun, type SloRunPorts } from '../../lib/slo/run/evaluate-shard.ts';
import { type SloSettings, shardCount } from '../../lib/slo/settings.ts';
import type { Figure } from '../figure.ts';

/** US dollars, us-east-1, 2026-11. Sources: aws.amazon.com/cloudwatch/pricing, /dynamodb/pricing/on-demand. */
const PRICE = {
  metricRead: 0.01 / 1000,
  customMetric: 0.3,
  putMetricData: 0.01 / 1000,
  alarm: 0.1,
  compositeAlarm: 0.5,
  /** A write of up to 1 KB, a strongly consistent read of up to 4 KB. */
  write: 0.625 / 1e6,
  read: 0.125 / 1e6,
  /** Application Signals, the first 100 million; the price list was not at hand when this was written. */
  signal: 1.5 / 1e6,
} as const;

const MINUTE = 60_000;
const MONTH_MINUTES = 30 * 1440;
const DAY_MINUTES = 1440;
const SLOS = 40;
const START = Date.UTC(2026, 0, 5);
/** Datums of one PutMetricData. */
const DATUMS_PER_CALL = 1000;
/** Names, keys, version, times and expiry of a row besides its texts. */
const ROW_OVERHEAD_BYTES = 180;

/** Prices a month of one SLO of 99.9 % over 30 days with the default windows and a gate. */
export async function* costFigures(progress: (text: string) => void): AsyncIterable<Figure> {
  progress(`${SLOS} SLOs, a day of evaluations, counted`);
  const slos = definitions();
  const counted = await countDay(slos);
  const perSlo = (count: number): number => (count * (MONTH_MINUTES / DAY_MINUTES)) / SLOS;
  const metricsRead = perSlo(counted.metricsRead);
  const published = counted.published.size / SLOS;
  const alarms = slos.filter(isGated).length / SLOS;
  const ours =
    metricsRead * PRICE.metricRead +
    perSlo(counted.writeUnits) * PRICE.write +
    perSlo(counted.readUnits) * PRICE.read +
    published * PRICE.customMetric +
    perSlo(counted.publishCalls) * PRICE.putMetricData +
    alarms * PRICE.alarm;

  const [first] = slos;
  const lengths = new Set(first!.windows.flatMap((pair) => [pair.longWindowMs, pair.shortWindowMs]));
  const readAgain = 2 * (lengths.size + 1) * MONTH_MINUTES;
  const reReading = ours + (readAgain - metricsRead) * PRICE.metricRead;
  yield ratio('slo-month-metrics-read', metricsRead, readAgain, 'metrics/SLO');
  yield ratio('slo-month-usd', ours, reReading, 'USD/SLO');

  // Two signals a minute; an alarm for each window of each pair, since there are no pairs, joined by one composite
  // alarm a severity. It has no metric to publish and no gate.
  const severities = new Set(first!.windows.map(({ severity }) => severity)).size;
  const applicationSignals =
    2 * MONTH_MINUTES * PRICE.signal +
    2 * first!.windows.length * PRICE.alarm +
    severities * PRICE.compositeAlarm;
  yield ratio('slo-month-usd-signals', ours, applicationSignals, 'USD/SLO');
  yield { name: 'slo-month-writes', ours: perSlo(counted.writeUnits), unit: '1 KB/SLO' };
  yield { name: 'slo-month-published', ours: published, unit: 'metrics/SLO' };
}

function ratio(name: string, ours: number, baseline: number, unit: string): Figure {
  return { name, ours, baseline, ratio: baseline / ours, unit };
}

interface Counted {
  metricsRead: number;
  writeUnits: number;
  readUnits: number;
  publishCalls: number;
  readonly published: Set<string>;
}

/** A day, a run a minute; what happens before is left out, so that rows have their usual size. */
async function countDay(slos: readonly SloSettings[]): Promise<Counted> {
  const counted: Counted = {
    metricsRead: 0,
    writeUnits: 0,
    readUnits: 0,
    publishCalls: 0,
    published: new Set(),
  };
  const settings = {
    slos,
    shards: shardCount(slos.length),
    metricsNamespace: 'Tidewatch/SLO',
    detailedMetrics: [],
    events: true,
  };
  const run = new SloRun(settings, countingPorts(counted));
  for (let minute = 1; minute <= DAY_MINUTES; minute++) {
    const now = START + minute * MINUTE;
    await run.run({ now, shard: 0, deadlineMs: Number.POSITIVE_INFINITY });
  }
  return counted;
}

function countingPorts(counted: Counted): SloRunPorts {
  const rows = new Map<string, HotRow>();
  const hourRows = new Map<string, Map<number, Uint8Array>>();
  const units = (bytes: number, unit: number): number => Math.max(1, Math.ceil(bytes / unit));
  const some = (slo: string, fits: (hour: number) => boolean): Map<number, Uint8Array> => {
    const found = [...(hourRows.get(slo) ?? [])].filter(([hour]) => fits(hour));
    for (const [, row] of found) counted.readUnits += units(packedBytes(row), 4096);
    return new Map(found);
  };
  return {
    metrics: {
      read: async (read: MetricRead): Promise<MetricSeries[]> => {
        counted.metricsRead += read.sources.length;
        return read.sources.map(({ metric }) => ({ kind: 'complete', values: valuesOf(metric, read) }));
      },
    },
    store: {
      load: async (names) => {
        const found = names.flatMap((name) => (rows.has(name) ? [[name, rows.get(name)!] as const] : []));
        for (const [, row] of found) counted.readUnits += units(rowBytes(row), 4096);
        return new Map(found);
      },
      hours: async (reads) =>
        new Map(reads.map(({ slo, hours }) => [slo, some(slo, (hour) => hours.includes(hour))])),
      hoursBetween: async (slo, from, to) => some(slo, (hour) => hour >= from && hour < to),
      commit: async ({ slo, row, hours }: SloCommit) => {
        const kept = hourRows.get(slo) ?? new Map<number, Uint8Array>();
        let written = units(rowBytes(row), 1024);
        for (const [hour, packed] of hours) {
          kept.set(hour, packed);
          written += units(packedBytes(packed), 1024);
        }
        // A transaction writes everything twice.
        counted.writeUnits += hours.size > 0 ? 2 * written : written;
        hourRows.set(slo, kept);
        rows.set(slo, row);
        return 'committed';
      },
      emptyOutbox: async () => {
        counted.writeUnits += 1;
      },
    },
    changes: {
      list: async () => {
        counted.readUnits += 1;
        return [];
      },
    },
    alerts: { send: async () => undefined },
    events: { put: async () => undefined },
    publisher: {
      publish: async (datums: readonly SloDatum[]) => {
        counted.publishCalls += Math.ceil(datums.length / DATUMS_PER_CALL);
        for (const { slo, metric } of datums) counted.published.add(`${slo} ${metric}`);
      },
    },
  };
}

/** Texts as the row has them: bytes in base64. */
function rowBytes({ state, recent, outbox, status }: HotRow): number {
  const body = JSON.stringify(Object.values(status)).length;
  return ROW_OVERHEAD_BYTES + state.length + packedBytes(recent) + outbox.length + body;
}

function packedBytes(packed: Uint8Array): number {
  return Math.ceil((packed.length * 4) / 3);
}

/** Some thousand requests a minute, of which a few fail. */
function valuesOf(metric: string, { from, to }: MetricRead): Map<number, number> {
  const values = new Map<number, number>();
  for (let at = Math.max(from, START); at < to; at += MINUTE)
    values.set(at, metric === 'Failed' ? (at / MINUTE) % 3 : 4000 + ((at / MINUTE) % 997));
  return values;
}

function definitions(): readonly SloSettings[] {
  const source = (metric: string, index: number) => ({
    namespace: 'Shop',
    metric,
    dimensions: { service: `s${index}` },
  });
  const list = Array.from({ length: SLOS }, (_, index) => ({
    name: `slo-${index}`,
    objective: 0.999,
    period: '30d',
    indicator: { bad: source('Failed', index), total: source('All', index) },
    policy: [{ action: 'freeze', below: 0, until: 0.1 }],
  }));
  const { slos } = readSlos(list);
  if (slos.length !== SLOS) throw new Error('the definitions of the bench have problems');
  return slos;
}
