// The ingest group: what one item costs from OTLP to finished AWS request bodies, ours beside the usual way.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, Figure } from '../figure.ts';
import { generateCorpus } from './bodies.ts';
import { startFigures } from './start-figures.ts';
import type { VariantName } from './variants.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

interface Comparison {
  readonly name: string;
  readonly ours: VariantName;
  readonly baseline: VariantName;
  readonly unit: string;
  readonly must: string;
}

/** The figures to reach are the design's; protobufjs → objects → JSON.stringify stands against each. */
const COMPARISONS: readonly Comparison[] = [
  { name: 'traces', ours: 'traces', baseline: 'traces-usual', unit: 'us CPU/span', must: '>= 8' },
  {
    name: 'traces-e2e',
    ours: 'traces-e2e',
    baseline: 'traces-e2e-usual',
    unit: 'us CPU/span',
    must: '>= 5.5',
  },
  {
    name: 'traces-json',
    ours: 'traces-json',
    baseline: 'traces-json-usual',
    unit: 'us CPU/span',
    must: '>= 3.5',
  },
  { name: 'logs', ours: 'logs', baseline: 'logs-usual', unit: 'us CPU/record', must: '>= 8' },
  { name: 'metrics', ours: 'metrics', baseline: 'metrics-usual', unit: 'us CPU/point', must: '>= 4' },
];

/** Measures the ingest group. */
export async function* ingestFigures(options: BenchOptions): AsyncGenerator<Figure> {
  const folder = options.corpus ?? generateCorpus();
  try {
    for (const comparison of COMPARISONS) yield compare(comparison, folder, options);
    yield* startFigures(folder, options);
  } finally {
    if (options.corpus === undefined) rmSync(folder, { recursive: true });
  }
}

/** Alternates processes of both variants; the ratio is that of the medians. */
function compare(comparison: Comparison, folder: string, options: BenchOptions): Figure {
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`${comparison.name}: round ${round} of ${options.rounds}`);
    ours.push(measure(comparison.ours, folder));
    baseline.push(measure(comparison.baseline, folder));
  }
  const { name, unit, must } = comparison;
  const mine = median(ours);
  const usual = median(baseline);
  return { name, unit, must, ours: mine, baseline: usual, ratio: usual / mine };
}

function measure(variant: VariantName, folder: string): number {
  const output = execFileSync(process.execPath, [WORKER, variant, folder], { encoding: 'utf8' });
  return (JSON.parse(output) as { microseconds: number }).microseconds;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
