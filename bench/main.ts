// `npm run bench -- GROUP`: side-by-side benchmarks. CPU time, alternating processes, ratios in one run.
import { parseArgs } from 'node:util';
import { type BenchGroup, type BenchOptions, type Figure, isReached } from './figure.ts';

const GROUPS: Readonly<Record<string, () => Promise<BenchGroup>>> = {
  ingest: async () => (await import('./ingest/run.ts')).ingestFigures,
  anomaly: async () => (await import('./anomaly/run.ts')).run,
  alerting: async () => (await import('./alerting/run.ts')).run,
  slo: async () => (await import('./slo/run.ts')).run,
};

const USAGE = `usage: npm run bench -- GROUP [--json] [--corpus DIR] [--data DIR] [--rounds N]
groups: ${Object.keys(GROUPS).join(', ')}
  --json        one JSON object a line: { name, ratio, ours, baseline, unit }
  --corpus DIR  request bodies from a folder: *.traces.pb, *.metrics.pb, *.logs.pb and the same as .json
  --data DIR    data sets of the anomaly group
  --rounds N    alternating rounds a figure (5)
examples:
  npm run bench -- ingest
  npm run -s bench -- ingest --json > figures.jsonl`;

function usage(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        corpus: { type: 'string' },
        data: { type: 'string' },
        rounds: { type: 'string', default: '5' },
      },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

const { values, positionals } = readArguments();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const [name] = positionals;
const load = name === undefined ? undefined : GROUPS[name];
if (load === undefined) usage(name === undefined ? 'which group?' : `no group "${name}"`);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  usage(`--rounds: expected a whole number from 1, got "${values.rounds}"`);

const options: BenchOptions = {
  rounds,
  progress: (text) => process.stderr.write(`${text}\n`),
  ...(values.corpus !== undefined && { corpus: values.corpus }),
  ...(values.data !== undefined && { data: values.data }),
};

function short(value: number | undefined): string {
  return value === undefined ? '' : value.toPrecision(3);
}

function row(figure: Figure): string {
  const reached = isReached(figure);
  const verdict = reached === undefined ? '' : reached ? 'reached' : 'missed';
  return [
    figure.name.padEnd(22),
    short(figure.ratio).padStart(8),
    short(figure.ours).padStart(10),
    short(figure.baseline).padStart(10),
    ` ${figure.unit.padEnd(14)}`,
    (figure.must ?? '').padEnd(9),
    verdict,
  ].join(' ');
}

if (!values.json) {
  console.log(
    [
      'figure'.padEnd(22),
      'ratio'.padStart(8),
      'ours'.padStart(10),
      'baseline'.padStart(10),
      ' unit           must',
    ].join(' '),
  );
}
for await (const figure of (await load())(options)) {
  if (values.json) {
    const { name, ratio, ours, baseline, unit } = figure;
    console.log(JSON.stringify({ name, ratio, ours, baseline, unit }));
  } else console.log(row(figure));
}
