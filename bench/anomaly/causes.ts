// Figures of cause ranking on the issues injected into an AWS application (PetShop, CC-BY-4.0).
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CallEdge,
  type MetricSample,
  rankCauses,
  type Symptom,
} from '../../lib/anomaly/causes/rank-causes.ts';
import type { Figure } from '../figure.ts';

export interface CauseCase {
  readonly name: string;
  readonly samples: readonly MetricSample[];
  readonly baseline: readonly MetricSample[];
  readonly edges: readonly CallEdge[];
  readonly symptom: Symptom;
  /** The component that was broken. */
  readonly truth: string;
}

const HEADER_ROWS = 4;

const readCells = (file: string): string[][] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

function readSamples(file: string): MetricSample[] {
  const rows = readCells(file);
  const [components = [], metrics = [], statistics = []] = rows;
  return rows.slice(HEADER_ROWS).flatMap((cells) =>
    cells.slice(1).flatMap((cell, at): MetricSample[] => {
      const column = at + 1;
      if (cell === '') return [];
      return [
        {
          component: components[column]!,
          metric: metrics[column]!,
          statistic: statistics[column]!,
          time: Number(cells[0]) * 1000,
          value: Number(cell),
        },
      ];
    }),
  );
}

function readEdges(file: string): CallEdge[] {
  const [callees = [], ...rows] = readCells(file);
  return rows.flatMap(([caller, ...cells]) =>
    cells.flatMap((cell, at) => (Number(cell) > 0 ? [{ caller: caller!, callee: callees[at + 1]! }] : [])),
  );
}

interface TargetFile {
  readonly target: {
    readonly node: string;
    readonly metric: string;
    readonly agg: string;
    readonly timestamp: number;
  };
  readonly root_cause: { readonly node: string };
}

/** All labelled issues of the folder. */
export function readCauseCases(folder: string): CauseCase[] {
  return globSync('*/*/*/target.json', { cwd: folder })
    .sort()
    .map((path) => {
      const issue = dirname(join(folder, path));
      const traffic = join(folder, path.split(/[\\/]/)[0]!);
      const { target, root_cause } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as TargetFile;
      return {
        name: dirname(path),
        samples: readSamples(join(issue, 'metrics.csv')),
        baseline: readSamples(join(traffic, 'noissue', 'metrics.csv')),
        edges: readEdges(join(traffic, 'graph.csv')),
        symptom: {
          component: target.node,
          metric: target.metric,
          statistic: target.agg,
          from: target.timestamp * 1000,
        },
        truth: root_cause.node,
      };
    });
}

/** Rank of the true cause in each case, from 1. */
export function causeRanks(cases: readonly CauseCase[]): number[] {
  return cases.map((one) => rankCauses(one).findIndex(({ component }) => component === one.truth) + 1);
}

/** Share of cases whose true cause is among the first `most`. */
export function accuracyAt(ranks: readonly number[], most: number): number {
  return ranks.filter((rank) => rank >= 1 && rank <= most).length / ranks.length;
}

export function* causeFigures(cases: readonly CauseCase[]): Iterable<Figure> {
  const ranks = causeRanks(cases);
  yield { name: 'causes-ac1', ours: accuracyAt(ranks, 1), unit: 'share' };
  yield { name: 'causes-ac3', ours: accuracyAt(ranks, 3), unit: 'share', must: '>= 0.75' };
  const average = [1, 2, 3, 4, 5].reduce((sum, most) => sum + accuracyAt(ranks, most) / 5, 0);
  yield { name: 'causes-avg5', ours: average, unit: 'share', must: '>= 0.75' };
}
