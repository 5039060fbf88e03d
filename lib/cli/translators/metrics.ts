// `tidewatch translate metrics`: the datums of a request, written by the deployed encoder. Cumulative series are new to
// it, so each of them is what a deployment would send that sees it for the first time.
import { DatumBuilder } from '../../exporters/cloudwatch-metrics/datum-builder.ts';
import { DatumList } from '../../exporters/cloudwatch-metrics/datum-list.ts';
import { MetricEncoder } from '../../exporters/cloudwatch-metrics/encode.ts';
import { SeriesLeaf } from '../../exporters/cloudwatch-metrics/series-leaf.ts';
import { METRICS_DEFAULTS } from '../../exporters/cloudwatch-metrics/settings.ts';
import { MetricWalker } from '../../telemetry/walk.ts';
import type { Translator } from './translator.ts';

const WHY: Readonly<Record<string, string>> = {
  firstSeenLate:
    'cumulative points only set a baseline, because their series is new here and started over 10 minutes before (or does not say when): what they add is known from the next point on',
  outOfOrder: 'cumulative points are older than others of their series, which hold all they say',
  duplicate: 'cumulative points are of the same time as others of their series',
  empty: 'histograms are left out: nothing fell into them',
  noRecordedValue: 'points are left out: they say that there is no value',
  notFinite: 'values are left out: CloudWatch takes neither NaN nor infinity',
  outOfRange: 'values are left out: CloudWatch takes none beyond ±2^360',
};

export const metricsTranslator: Translator = {
  signal: 'metrics',
  translate(otlp) {
    const builder = new DatumBuilder();
    const encoder = new MetricEncoder(METRICS_DEFAULTS, builder);
    const list = new DatumList();
    builder.startRequest();
    encoder.start('default');
    new MetricWalker().walk(otlp, [encoder]);
    const left = new Map<string, number>(encoder.drops);
    const leaveOut = (reason: string, count: number) => {
      if (count > 0) left.set(reason, (left.get(reason) ?? 0) + count);
    };
    leaveOut('empty', builder.finishPart(list));
    builder.startPart('deltas');
    const byResource = Map.groupBy(encoder.cumulative, ({ resource }) => resource);
    for (const points of byResource.values()) {
      for (const [place, result] of new SeriesLeaf().apply(points, Date.now()).entries()) {
        if (result.delta === undefined) leaveOut(result.reason, 1);
        else builder.addDelta(points[place]!.target, result.delta);
      }
    }
    leaveOut('empty', builder.finishPart(list));
    const items = Array.from({ length: list.count }, (_, i) =>
      list.slice(i, i + 1).toString('utf8', 0, list.size(i) - 1),
    );
    const warnings = [...left].map(
      ([reason, count]) => `${count} ${WHY[reason] ?? `points are left out: ${reason}`}`,
    );
    return { items, warnings };
  },
};
