// Who may import whom, and what a file looks like: the rules of the layout, read from the import lines.
import { describe, expect, test } from 'vitest';
import { type Import, loadedWith, readSources, type Source } from './support/import-graph.ts';

const sources = readSources('lib', 'functions', 'infra');
const everything = [...sources, ...readSources('bench', 'examples', 'scripts', 'test')];

interface Layer {
  /** A folder, or a file. */
  readonly layer: string;
  /** What it may import besides itself: folders, files, or the name of a file in any folder with "*" in front. */
  readonly files: readonly string[];
  /** Packages and modules of Node; a `*` at the end stands for any text. */
  readonly packages: readonly string[];
}

const NODE = 'node:*';
/** What a definition of SLOs means, and what is wrong with it, the domain says. */
const SLO_READERS = [
  'lib/slo/definition/',
  'lib/slo/openslo/',
  'lib/slo/foreign/',
  'lib/slo/gate/gate.ts',
  'lib/slo/problems.ts',
];

/** What an alerting configuration means, and which kinds of integration can be deployed. */
const ALERTING_READERS = [
  'lib/alerting/config/',
  'lib/channels/fields.ts',
  'lib/channels/message/template.ts',
];

/** The first layer that a file is in counts. */
const LAYERS: readonly Layer[] = [
  { layer: 'lib/model/', files: [], packages: [] },
  { layer: 'lib/wire/', files: ['lib/model/'], packages: ['node:zlib', 'node:buffer'] },
  { layer: 'lib/telemetry/', files: ['lib/wire/', 'lib/model/'], packages: [] },
  {
    layer: 'lib/receivers/',
    files: ['lib/telemetry/', 'lib/wire/', 'lib/model/', 'lib/keys/'],
    packages: ['node:crypto'],
  },
  {
    layer: 'lib/processors/',
    files: ['lib/telemetry/', 'lib/wire/', 'lib/model/'],
    packages: ['node:crypto'],
  },
  { layer: 'lib/keys/', files: ['lib/model/'], packages: ['node:crypto'] },
  // The X-Ray segment names the log group of its resource, so the two share how it is named.
  {
    layer: 'lib/exporters/xray/',
    files: ['lib/exporters/cloudwatch-logs/names.ts', '@exporters'],
    packages: ['node:crypto', 'node:net'],
  },
  // The archive's format is the domain's, since readers need it too.
  { layer: 'lib/exporters/archive/', files: ['lib/archive/', '@exporters'], packages: ['node:crypto'] },
  // Span metrics are metrics: they are written and sent by the exporter of metrics.
  {
    layer: 'lib/exporters/span-metrics/',
    files: ['lib/exporters/cloudwatch-metrics/', '@exporters'],
    packages: ['node:crypto'],
  },
  // A text is cut between characters, so it is looked at as UTF-8.
  {
    layer: 'lib/exporters/cloudwatch-logs/',
    files: ['@exporters'],
    packages: ['node:crypto', 'node:buffer'],
  },
  { layer: 'lib/exporters/', files: ['@exporters'], packages: ['node:crypto'] },
  {
    layer: 'lib/pipeline/',
    files: ['lib/exporters/', 'lib/telemetry/', 'lib/wire/', 'lib/model/', 'lib/aws/'],
    packages: ['node:crypto'],
  },
  { layer: 'lib/archive/', files: ['lib/telemetry/', 'lib/wire/', 'lib/model/'], packages: ['node:crypto'] },
  {
    layer: 'lib/config/',
    files: [
      'lib/model/',
      '*settings.ts',
      '*limits.ts',
      ...SLO_READERS,
      ...ALERTING_READERS,
      // A schedule with hours of nobody is warned of.
      'lib/incidents/on-call/schedule.ts',
    ],
    packages: ['zod', 'yaml', NODE],
  },
  // The router of the API knows no domain; domains offer routes in its words.
  {
    layer: 'lib/api/',
    files: ['lib/model/', 'lib/keys/', 'lib/wire/compression.ts'],
    packages: ['node:zlib'],
  },
  {
    layer: 'lib/middleware/',
    files: ['lib/model/', 'lib/receivers/', 'lib/api/'],
    packages: ['@middy/core', 'aws-lambda'],
  },
  {
    layer: 'lib/aws/',
    files: [
      'lib/model/',
      'lib/keys/',
      '*ports.ts',
      'lib/exporters/exporter.ts',
      'lib/slo/changes/change.ts',
      'lib/incidents/incident/incident.ts',
      'lib/incidents/paging/pager.ts',
    ],
    packages: ['@aws-sdk/*', NODE],
  },
  { layer: 'lib/local/', files: ['lib/'], packages: ['@aws-sdk/*', NODE] },
  { layer: 'lib/cli/', files: ['lib/'], packages: ['commander', 'picocolors', '@aws-sdk/*', NODE] },
  { layer: 'functions/', files: ['lib/'], packages: ['@middy/core', 'aws-lambda', NODE] },
  { layer: 'infra/', files: ['lib/'], packages: ['aws-cdk-lib', 'constructs', NODE] },
  // Messages are written in Liquid.
  {
    layer: 'lib/channels/',
    files: ['lib/model/', 'lib/api/route.ts'],
    packages: ['liquidjs', 'node:crypto'],
  },
  // Alertmanager's configuration is YAML with RE2 expressions.
  {
    layer: 'lib/alerting/',
    files: ['lib/model/', 'lib/api/route.ts'],
    packages: ['re2js', 'yaml', 'node:crypto'],
  },
  // Every other folder of lib/ is a domain: pure rules, ports of its own.
  // A domain says which routes of the API it answers.
  { layer: 'lib/', files: ['lib/model/', 'lib/api/route.ts'], packages: ['re2js', 'node:crypto'] },
];

/** What every exporter may use: the telemetry line before it, and the small signed client. */
const EXPORTERS = [
  'lib/exporters/exporter.ts',
  'lib/telemetry/',
  'lib/wire/',
  'lib/model/',
  'lib/aws/classify-answer.ts',
  'lib/aws/object-path.ts',
  'lib/aws/retry.ts',
  'lib/aws/transport.ts',
];

describe('imports', () => {
  test('follow the layers', () => {
    const wrong = sources.flatMap((source) =>
      source.imports.filter((item) => !allowed(source, item)).map(shown(source)),
    );
    expect(wrong).toEqual([]);
  });

  test('never lead to the command line, the functions or the infrastructure', () => {
    const outside = sources.filter(({ file }) => !/^(lib\/cli|functions|infra)\//.test(file));
    expect(into(outside, /^(lib\/cli|functions|infra)\//)).toEqual([]);
  });

  test('lead to the local stack only from the command line', () => {
    const outside = sources.filter(({ file }) => !/^lib\/(cli|local)\//.test(file));
    expect(into(outside, /^lib\/local\//)).toEqual([]);
  });

  test('name the file with its ending, and a file that exists', () => {
    const files = new Set(everything.map(({ file }) => file));
    const lost = sources.flatMap((source) =>
      source.imports.filter(({ file }) => file !== undefined && !files.has(file)).map(shown(source)),
    );
    expect(lost).toEqual([]);
  });

  test('make no cycle', () => {
    expect(cycles(sources)).toEqual([]);
  });

  test('go to the file that has the thing, not through one that passes it on', () => {
    expect(sources.filter(({ file }) => /(^|\/)(index|utils|helpers)\.ts$/.test(file))).toEqual([]);
    expect(sources.filter(({ reExports }) => reExports).map(({ file }) => file)).toEqual([]);
  });
});

describe('what is loaded with', () => {
  const packages = (file: string) =>
    loadedWith(file, sources).flatMap(({ imports }) =>
      imports.filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic).map((item) => item.package ?? ''),
    );
  const HEAVY = /^(@aws-sdk|@smithy|aws-cdk-lib|zod|yaml|re2js)/;

  test('ingest-otlp is nothing that takes time to start', () => {
    expect(packages('functions/ingest-otlp.ts').filter((name) => HEAVY.test(name))).toEqual([]);
  });

  test('the settings that functions read is nothing but Node', () => {
    expect(
      packages('lib/config/runtime.ts').filter((name) => name !== '' && !name.startsWith('node:')),
    ).toEqual([]);
  });

  test('`tidewatch --help` is nothing that takes time to start', () => {
    expect(packages('lib/cli/main.ts').filter((name) => HEAVY.test(name))).toEqual([]);
  });

  test('an encoder is nothing that does I/O', () => {
    const encoders = sources.filter(({ file }) => /^lib\/exporters\/.*\/encode(\.ts$|\/)/.test(file));
    expect(encoders.length).toBeGreaterThan(0);
    for (const { file } of encoders) {
      const loaded = loadedWith(file, sources).map((source) => source.file);
      expect(
        loaded.filter((name) => name.startsWith('lib/aws/')),
        file,
      ).toEqual([]);
    }
  });
});

describe('files', () => {
  const lines = ({ text }: Source) => text.trimEnd().split('\n').length;

  test('of functions/ are wiring of fewer than 60 lines', () => {
    const handlers = sources.filter(({ file }) => /^functions\//.test(file));
    expect(handlers.filter((source) => lines(source) >= 60).map(({ file }) => file)).toEqual([]);
  });

  test('have at most 400 lines', () => {
    const written = everything.filter(({ file }) => !file.startsWith('test/'));
    expect(written.filter((source) => lines(source) > 400).map(({ file }) => file)).toEqual([]);
  });

  test('open with a line on their place', () => {
    expect(sources.filter(({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text)).map(({ file }) => file)).toEqual([]);
  });

  test('read the environment only at the edges', () => {
    const edges = /^lib\/(config|aws|cli|local)\//;
    const code = ({ text }: Source) => text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
    const reading = sources.filter(
      (source) => !edges.test(source.file) && /\bprocess\.env\b/.test(code(source)),
    );
    expect(reading.map(({ file }) => file)).toEqual([]);
  });
});

function allowed(source: Source, item: Import): boolean {
  const { layer, files, packages } = LAYERS.find((candidate) => source.file.startsWith(candidate.layer))!;
  if (item.package !== undefined) return packages.some((pattern) => matches(pattern, item.package!));
  const { file } = item;
  if (file === undefined) return false;
  // The last layer stands for many folders: each may import itself only.
  const own = layer === 'lib/' ? source.file.split('/').slice(0, 2).join('/') : layer;
  return (
    file.startsWith(own) ||
    files
      .flatMap((pattern) => (pattern === '@exporters' ? EXPORTERS : [pattern]))
      .some((pattern) => names(pattern, file))
  );
}

function names(pattern: string, file: string): boolean {
  return pattern.startsWith('*') ? file.endsWith(`/${pattern.slice(1)}`) : file.startsWith(pattern);
}

function matches(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

function into(from: readonly Source[], target: RegExp): string[] {
  return from.flatMap((source) =>
    source.imports.filter(({ file }) => target.test(file ?? '')).map(shown(source)),
  );
}

function shown(source: Source): (item: Import) => string {
  return ({ specifier }) => `${source.file} imports ${specifier}`;
}

/** Each cycle once, as the files on the way round. Types count: what needs them to be understood is one thing. */
function cycles(among: readonly Source[]): string[] {
  const byFile = new Map(among.map((source) => [source.file, source]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) found.push([...way.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const { file: next } of byFile.get(file)?.imports ?? []) {
      if (next !== undefined) visit(next, [...way, file]);
    }
    done.add(file);
  };
  for (const { file } of among) visit(file, []);
  return found;
}
