// The request bodies a benchmark runs over: generated ones, or what lies in a folder.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Signal } from '../../lib/model/signal.ts';
import { encodeProtobuf, type OtlpRequest } from '../../test/support/otlp.ts';
import { logsPayload } from '../payloads/logs.ts';
import { metricsPayload } from '../payloads/metrics.ts';
import { tracesPayload } from '../payloads/traces.ts';

export type BodyFormat = 'pb' | 'json';

/** Requests generated for each signal; they differ by seed, so that no cache sees one body only. */
const GENERATED_REQUESTS = 4;

const GENERATORS: Record<Signal, (seed: number) => OtlpRequest> = {
  traces: (seed) => tracesPayload({ seed }),
  logs: (seed) => logsPayload({ seed }),
  metrics: (seed) => metricsPayload({ seed }),
};

/** Writes generated bodies into a new folder of the system's temporary directory. @returns the folder */
export function generateCorpus(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-bench-'));
  mkdirSync(folder, { recursive: true });
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    for (let seed = 1; seed <= GENERATED_REQUESTS; seed++) {
      const request = GENERATORS[signal](seed);
      writeFileSync(join(folder, `${seed}.${signal}.pb`), encodeProtobuf(signal, request));
      writeFileSync(join(folder, `${seed}.${signal}.json`), JSON.stringify(request));
    }
  }
  return folder;
}

/** All bodies of a signal and format, in the order of their names. @throws Error when the folder has none */
export function readBodies(folder: string, signal: Signal, format: BodyFormat): Buffer[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(`.${signal}.${format}`));
  if (names.length === 0)
    throw new Error(`${folder}: expected files named *.${signal}.${format}, found none`);
  return names.sort().map((name) => readFileSync(join(folder, name)));
}
