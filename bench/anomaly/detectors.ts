// Figures of the two detector heads: the NAB score, the events found in the second data set, both also
// cross-validated, and the time a point takes.
import { Detector } from '../../lib/anomaly/detector.ts';
import {
  ALERT_SCORE,
  type DetectorHead,
  type NoveltySettings,
  noveltySettings,
} from '../../lib/anomaly/settings.ts';
import type { Figure } from '../figure.ts';
import { crossValidated } from './cross-validation.ts';
import type { EventSeries, LabelledSeries, NabSeries } from './datasets.ts';
import { countEvents, eventF1 } from './event-score.ts';
import { type NabFile, type NabProfileName, nabCounts, nabGain, nabProfiles, nabScore } from './nab-score.ts';

const NAB_MUST: Record<NabProfileName, string> = {
  standard: '>= 72',
  lowFalsePositive: '>= 65',
  lowFalseNegative: '>= 76',
};

/** Scores published for the whole corpus (58 files), as the benchmark's own repository states them. */
export const PUBLISHED_NAB = [
  ['ARTime (knows minimum and maximum beforehand)', 74.85, 65.15, 80.36],
  ['Numenta HTM (knows minimum and maximum beforehand)', 70.1, 63.12, 74.32],
  ['CAD OSE (knows minimum and maximum beforehand)', 69.9, 66.98, 73.18],
  ['earthgecko Skyline', 58.2, 46.2, 63.8],
  ['KNN CAD', 57.99, 43.41, 64.81],
  ['relative entropy', 54.64, 47.6, 58.84],
  ['Random Cut Forest', 51.72, 38.36, 59.75],
  ['Twitter ADVec', 47.06, 33.61, 53.5],
  ['windowed Gaussian', 39.65, 20.87, 47.41],
] as const;

/** What else could have been chosen: the cross-validated figure chooses among these anew for each fold. */
function noveltyVariants(): NoveltySettings[] {
  const { weights } = noveltySettings;
  const others: NoveltySettings['weights'][] = [
    ...(Object.keys(weights) as (keyof typeof weights)[]).map((feature) => ({ ...weights, [feature]: 0 })),
    { ...weights, shortResidual: 0.5 },
    { ...weights, shortResidual: 1 },
    { value: 1, shortResidual: 0.5, longResidual: 0.5, roughness: 0.5, level: 0.5, change: 0.5 },
    { value: 1, shortResidual: 1, longResidual: 1, roughness: 1, level: 1, change: 1 },
  ];
  return [noveltySettings, ...others.map((changed) => ({ ...noveltySettings, weights: changed }))];
}

const THRESHOLDS = [0.3, 0.35, 0.4, 0.44, 0.48, 0.5, 0.52, 0.56, 0.6, 0.65, 0.7];

/** The scores of one series, as `tidewatch detect` would write them. */
export function scoreSeries(
  series: LabelledSeries,
  head: DetectorHead,
  novelty: NoveltySettings = noveltySettings,
): Float64Array {
  const detector = new Detector({ head, novelty });
  return Float64Array.from(series.values, (value, row) => detector.push(series.times[row]!, value).score);
}

/** NAB figures of the novelty head at the fixed threshold, and of both heads together. */
export function* nabFigures(
  series: readonly NabSeries[],
  progress: (text: string) => void,
): Iterable<Figure> {
  const scored = (head: DetectorHead, settings = noveltySettings): NabFile[] =>
    series.map((one) => ({ truth: one.truth, scores: scoreSeries(one, head, settings) }));
  const names = Object.keys(nabProfiles) as NabProfileName[];
  const novelty = scored('novelty');
  for (const name of names) {
    yield {
      name: `nab-${name}`,
      ours: nabScore(novelty, nabProfiles[name], ALERT_SCORE),
      unit: 'NAB points',
      must: NAB_MUST[name],
    };
  }
  const counts = nabCounts(novelty, ALERT_SCORE);
  progress(
    `novelty head: ${counts.found} of ${counts.windows} windows found, ${counts.falseRows} false rows`,
  );
  progress('published for the whole corpus (standard, low FP, low FN):');
  for (const [name, ...points] of PUBLISHED_NAB) progress(`  ${name}: ${points.join(' / ')}`);
  const variants = [
    novelty,
    ...noveltyVariants()
      .slice(1)
      .map((settings) => scored('novelty', settings)),
  ];
  for (const name of names) {
    const yields = variants.flatMap((files) =>
      THRESHOLDS.map((threshold) => files.map((file) => nabGain(file, nabProfiles[name], threshold))),
    );
    yield {
      name: `nab-${name}-left-out`,
      ours: crossValidated(yields, ([gained, possible]) => (100 * gained!) / possible!),
      unit: 'NAB points',
    };
  }
  const both = scored('both');
  for (const name of names) {
    yield {
      name: `nab-${name}-both`,
      ours: nabScore(both, nabProfiles[name], ALERT_SCORE),
      unit: 'NAB points',
      must: NAB_MUST[name],
    };
  }
}

/** Event F1 of the deviation head at the fixed threshold, and of both heads together. */
export function* eventFigures(
  series: readonly EventSeries[],
  progress: (text: string) => void,
): Iterable<Figure> {
  const scored = (head: DetectorHead) =>
    series.map((one) => ({ labels: one.labels, scores: scoreSeries(one, head) }));
  const deviation = scored('deviation');
  const counts = countEvents(deviation, ALERT_SCORE);
  const { precision, recall, f1 } = eventF1(counts);
  progress(`deviation head: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`);
  yield { name: 'events-f1', ours: f1, unit: 'F1', must: '>= 0.5' };
  const yields = THRESHOLDS.map((threshold) =>
    deviation.map((file) => {
      const one = countEvents([file], threshold);
      return [one.events, one.found, one.falseAlarms];
    }),
  );
  yield {
    name: 'events-f1-left-out',
    ours: crossValidated(
      yields,
      ([events = 0, found = 0, falseAlarms = 0]) => eventF1({ events, found, falseAlarms }).f1,
    ),
    unit: 'F1',
  };
  yield {
    name: 'events-f1-both',
    ours: eventF1(countEvents(scored('both'), ALERT_SCORE)).f1,
    unit: 'F1',
    must: '>= 0.5',
  };
}

const DAY_ROWS = 288;
const STEP_MS = 300_000;

/** CPU time a point, and of two weeks of 5-minute rows rebuilt from nothing, best of the rounds. */
export function* speedFigures(rounds: number): Iterable<Figure> {
  const rows = 14 * DAY_ROWS;
  const values = Float64Array.from(
    { length: rows },
    (_, row) => 100 + 50 * Math.sin((2 * Math.PI * row) / DAY_ROWS) + ((row * 7919) % 101) / 20,
  );
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds + 2; round++) {
    const before = process.cpuUsage();
    const detector = new Detector();
    for (let row = 0; row < rows; row++) detector.push(row * STEP_MS, values[row]!);
    const used = process.cpuUsage(before);
    best = Math.min(best, used.user + used.system);
  }
  yield { name: 'anomaly-us', ours: best / rows, unit: 'µs a point', must: '<= 10' };
  yield { name: 'anomaly-rebuild-ms', ours: best / 1000, unit: 'ms', must: '<= 40' };
}
