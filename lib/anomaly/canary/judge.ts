// Judges a canary: each metric of the new version against the old one, then one verdict. As Kayenta does it:
// Mann–Whitney for significance, an effect size for relevance, a weighted share of passed metrics for the score.
import { compareRanks, type RankComparison } from './mann-whitney.ts';

/** Which way a metric is bad. */
export type BadDirection = 'increase' | 'decrease' | 'either';

export interface CanaryMetric {
  readonly name: string;
  /** Values of the old version over the same time. */
  readonly baseline: readonly number[];
  readonly canary: readonly number[];
  readonly bad: BadDirection;
  /** A failure of a critical metric fails the canary. */
  readonly critical?: boolean;
  /** Share of the score, relative to the others; 1 when absent. */
  readonly weight?: number;
}

export type MetricVerdict = 'pass' | 'high' | 'low' | 'noData';

export interface MetricResult {
  readonly name: string;
  readonly verdict: MetricVerdict;
  readonly critical: boolean;
  /** Absent where there was no data. */
  readonly comparison?: RankComparison;
  /** In words: why. */
  readonly reason: string;
}

export interface CanaryResult {
  readonly verdict: 'pass' | 'marginal' | 'fail';
  /** 0..100: weighted share of metrics that passed. */
  readonly score: number;
  readonly metrics: readonly MetricResult[];
}

export interface CanarySettings {
  /** Of the shift's interval, 0..1. */
  readonly confidence: number;
  /** A shift within this share of the baseline's median is let pass, however significant. */
  readonly tolerance: number;
  /** The canary's values must be on one side of the baseline's this often to matter, 0.5..1. */
  readonly superiorityMin: number;
  /** Values needed on each side. */
  readonly valuesMin: number;
  readonly passScore: number;
  readonly marginalScore: number;
}

export const defaultCanarySettings: CanarySettings = {
  confidence: 0.98,
  tolerance: 0.1,
  superiorityMin: 0.64,
  valuesMin: 8,
  passScore: 95,
  marginalScore: 75,
};

/** The verdict on a canary. Without any comparable metric it is `fail`: nothing was shown. */
export function judgeCanary(
  metrics: readonly CanaryMetric[],
  settings: CanarySettings = defaultCanarySettings,
): CanaryResult {
  const results = metrics.map((metric) => judgeMetric(metric, settings));
  let passed = 0;
  let total = 0;
  let brokenCritical = false;
  results.forEach(({ verdict, critical }, at) => {
    if (critical && verdict !== 'pass') brokenCritical = true;
    if (verdict === 'noData') return;
    const weight = metrics[at]!.weight ?? 1;
    total += weight;
    if (verdict === 'pass') passed += weight;
  });
  const score = total === 0 ? 0 : (100 * passed) / total;
  const verdict =
    brokenCritical || score < settings.marginalScore
      ? 'fail'
      : score < settings.passScore
        ? 'marginal'
        : 'pass';
  return { verdict, score, metrics: results };
}

function judgeMetric(metric: CanaryMetric, settings: CanarySettings): MetricResult {
  const { name, bad } = metric;
  const critical = metric.critical === true;
  const baseline = metric.baseline.filter(Number.isFinite);
  const canary = metric.canary.filter(Number.isFinite);
  if (Math.min(baseline.length, canary.length) < settings.valuesMin) {
    const reason = `${baseline.length} and ${canary.length} values, ${settings.valuesMin} needed on each side`;
    return { name, critical, verdict: 'noData', reason };
  }
  const comparison = compareRanks(baseline, canary, settings.confidence);
  const { shift, shiftLow, shiftHigh, superiority } = comparison;
  const allowed = settings.tolerance * Math.abs(medianOf(baseline));
  const answer = (verdict: MetricVerdict, reason: string): MetricResult => ({
    name,
    critical,
    verdict,
    comparison,
    reason,
  });
  const size = `shift ${shift.toPrecision(3)} (${shiftLow.toPrecision(3)} to ${shiftHigh.toPrecision(3)})`;
  if (bad !== 'decrease' && shiftLow > 0 && shift > allowed && superiority >= settings.superiorityMin) {
    return answer('high', `${size}, higher in ${percent(superiority)} of comparisons`);
  }
  if (bad !== 'increase' && shiftHigh < 0 && -shift > allowed && 1 - superiority >= settings.superiorityMin) {
    return answer('low', `${size}, lower in ${percent(1 - superiority)} of comparisons`);
  }
  return answer('pass', size);
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
