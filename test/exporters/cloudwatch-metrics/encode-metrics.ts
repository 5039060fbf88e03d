// What tests of the metrics encoder share: a request in, the datums it becomes as objects.
import type { Metric, MetricsRequest } from '../../../bench/payloads/otlp-json.ts';
import { DatumBuilder } from '../../../lib/exporters/cloudwatch-metrics/datum-builder.ts';
import { DatumList } from '../../../lib/exporters/cloudwatch-metrics/datum-list.ts';
import { MetricEncoder } from '../../../lib/exporters/cloudwatch-metrics/encode.ts';
import {
  METRICS_DEFAULTS,
  type MetricsSettings,
} from '../../../lib/exporters/cloudwatch-metrics/settings.ts';
import { MetricWalker } from '../../../lib/telemetry/walk.ts';
import type { Datum } from '../../reference/metrics-reference.ts';
import { encodeProtobuf } from '../../support/otlp.ts';

/** Encodes requests one after the other, as the exporter does. */
export class EncoderUnderTest {
  readonly encoder: MetricEncoder;
  private readonly builder = new DatumBuilder();
  private readonly list = new DatumList();
  private readonly walker = new MetricWalker();

  constructor(settings: MetricsSettings = METRICS_DEFAULTS) {
    this.encoder = new MetricEncoder(settings, this.builder);
  }

  encode(otlp: Buffer) {
    this.list.cutBack(0);
    this.builder.startRequest();
    this.encoder.start('default');
    this.walker.walk(otlp, [this.encoder]);
    const drops: Record<string, number> = Object.fromEntries(this.encoder.drops);
    const empty = this.builder.finishPart(this.list);
    if (empty > 0) drops.empty = empty;
    const text = this.list.slice(0, this.list.count).toString('utf8');
    const parsed = JSON.parse(`[${text.slice(0, -1)}]`) as Datum[];
    const datums = parsed.map((datum, i) => ({ namespace: this.list.namespaces[i]!, datum }));
    return { datums, drops, cumulative: this.encoder.cumulative.length };
  }
}

/** The datums of some metrics of one service. */
export function datumsOf(metrics: Metric[], settings: Partial<MetricsSettings> = {}): Datum[] {
  const request: MetricsRequest = {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeMetrics: [{ metrics }],
      },
    ],
  };
  const under = new EncoderUnderTest({ ...METRICS_DEFAULTS, ...settings });
  return under.encode(encodeProtobuf('metrics', request)).datums.map(({ datum }) => datum);
}

/** Percentile by nearest rank, as a reader of Values and Counts computes it. @param share 0..1 */
export function percentile(datums: readonly Datum[], share: number): number {
  const pairs = datums.flatMap(({ Values = [], Counts = [], Value }) =>
    Value === undefined ? Values.map((value, i) => [value, Counts[i]!] as const) : [[Value, 1] as const],
  );
  pairs.sort(([a], [b]) => a - b);
  const total = pairs.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [value, count] of pairs) {
    seen += count;
    if (seen >= share * total) return value;
  }
  return Number.NaN;
}
