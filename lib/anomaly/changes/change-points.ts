// Finds when a metric changed for good: places where its level, or its trend, is another from then on.
import { compareRanks } from '../canary/mann-whitney.ts';

export type ChangeKind = 'level' | 'trend';

export interface ChangePoint {
  /** First value after the change. */
  readonly index: number;
  readonly kind: ChangeKind;
  /** Mean level, or change a step, on both sides. */
  readonly before: number;
  readonly after: number;
  /** 0..1: how sure, from the chance of such a difference without a change. */
  readonly confidence: number;
}

export interface ChangePointSettings {
  readonly kind: ChangeKind;
  /** Values a stretch has at least. */
  readonly stretchMin: number;
  /** How much better an extra stretch must fit, in units of log(n) × variance. */
  readonly penalty: number;
}

export const defaultChangePointSettings: ChangePointSettings = { kind: 'level', stretchMin: 8, penalty: 4 };

/** Values looked at; a longer series is averaged down to it. */
const VALUES_MAX = 2000;
/** A level change is dropped when the stretches could be this alike by chance. */
const CHANCE_MAX = 0.01;
/** Autocorrelation that the penalty allows for. */
const AUTOCORRELATION_MAX = 0.9;

/**
 * The change points of a series, in order, by optimal partitioning with pruning.
 * @param values finite numbers, evenly spaced
 * @see Killick, Fearnhead, Eckley, "Optimal detection of changepoints with a linear computational cost", JASA 2012
 */
export function changePoints(
  values: readonly number[],
  settings: Partial<ChangePointSettings> = {},
): ChangePoint[] {
  const { kind, stretchMin, penalty } = { ...defaultChangePointSettings, ...settings };
  const size = Math.max(1, Math.ceil(values.length / VALUES_MAX));
  const series = averagedBy(values, size);
  if (series.length < 2 * stretchMin) return [];
  const cost = stretchCost(series, kind);
  const noise = noiseVariance(series);
  const price = penalty * Math.log(series.length) * noise;
  const cuts = partition(series.length, cost, stretchMin, price);
  const edges = [0, ...cuts, series.length];
  return cuts.flatMap((cut, at): ChangePoint[] => {
    const before = series.slice(edges[at]!, cut);
    const after = series.slice(cut, edges[at + 2]!);
    const index = Math.min(values.length - 1, cut * size);
    if (kind === 'trend') {
      // By how much two lines fit better than one, in units of the noise: the chance of that without a change.
      const gain = cost(edges[at]!, edges[at + 2]!) - cost(edges[at]!, cut) - cost(cut, edges[at + 2]!);
      const confidence = noise === 0 ? 1 : 1 - Math.exp(-gain / noise / 2);
      return [{ index, kind, before: slopeOf(before) / size, after: slopeOf(after) / size, confidence }];
    }
    const { pValue } = compareRanks(before, after);
    if (pValue > CHANCE_MAX) return [];
    return [{ index, kind, before: meanOf(before), after: meanOf(after), confidence: 1 - pValue }];
  });
}

/** Best places to cut `length` values, each extra cut costing `price`. */
function partition(
  length: number,
  cost: (from: number, to: number) => number,
  stretchMin: number,
  price: number,
): number[] {
  const best = new Float64Array(length + 1).fill(Number.POSITIVE_INFINITY);
  const cutBefore = new Int32Array(length + 1);
  best[0] = -price;
  let candidates = [0];
  for (let end = stretchMin; end <= length; end++) {
    for (const from of candidates) {
      const total = best[from]! + cost(from, end) + price;
      if (total < best[end]!) {
        best[end] = total;
        cutBefore[end] = from;
      }
    }
    // A start that is already worse without the price can never win again.
    candidates = candidates.filter((from) => best[from]! + cost(from, end) <= best[end]!);
    const next = end - stretchMin + 1;
    if (next >= stretchMin) candidates.push(next);
  }
  const cuts: number[] = [];
  for (let end = length; cutBefore[end]! > 0; end = cutBefore[end]!) cuts.unshift(cutBefore[end]!);
  return cuts;
}

/** Squared error of a stretch around its mean, or around its line, from running sums. */
function stretchCost(series: readonly number[], kind: ChangeKind): (from: number, to: number) => number {
  const mean = meanOf(series);
  const sums = new Float64Array(series.length + 1);
  const squares = new Float64Array(series.length + 1);
  const products = new Float64Array(series.length + 1);
  series.forEach((value, at) => {
    const x = value - mean;
    sums[at + 1] = sums[at]! + x;
    squares[at + 1] = squares[at]! + x * x;
    products[at + 1] = products[at]! + x * at;
  });
  return (from, to) => {
    const count = to - from;
    const sum = sums[to]! - sums[from]!;
    const around = Math.max(0, squares[to]! - squares[from]! - (sum * sum) / count);
    if (kind === 'level') return around;
    const middle = (from + to - 1) / 2;
    const shared = products[to]! - products[from]! - middle * sum;
    const spread = (count * (count * count - 1)) / 12;
    return spread === 0 ? 0 : Math.max(0, around - (shared * shared) / spread);
  };
}

/** Variance of what is left between neighbours, raised where neighbours resemble each other. */
function noiseVariance(series: readonly number[]): number {
  const differences = series.slice(1).map((value, at) => value - series[at]!);
  const sorted = differences.map(Math.abs).sort((a, b) => a - b);
  const robust = (1.4826 * sorted[sorted.length >> 1]!) ** 2 / 2;
  const plain = meanOf(differences.map((difference) => difference ** 2)) / 2;
  const variance = robust > 0 ? robust : plain;
  let product = 0;
  let square = 0;
  for (let at = 1; at < differences.length; at++) {
    product += differences[at]! * differences[at - 1]!;
    square += differences[at]! ** 2;
  }
  // Differences of white noise have autocorrelation -1/2; of an AR(1) with coefficient r it is (r - 1) / 2.
  const coefficient =
    square === 0 ? 0 : Math.min(AUTOCORRELATION_MAX, Math.max(0, (2 * product) / square + 1));
  return (variance * (1 + coefficient)) / (1 - coefficient) / Math.max(1 - coefficient, 0.1);
}

function averagedBy(values: readonly number[], size: number): number[] {
  if (size === 1) return [...values];
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    meanOf(values.slice(at * size, (at + 1) * size)),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = meanOf(values);
  let product = 0;
  let square = 0;
  values.forEach((value, at) => {
    product += (at - middle) * (value - mean);
    square += (at - middle) ** 2;
  });
  return square === 0 ? 0 : product / square;
}
