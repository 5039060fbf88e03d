// The start of ingest-otlp: size of its bundle, CPU until it has answered once, memory at its peak.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { functionBundle } from '../../scripts/function-bundle.ts';
import { encodeProtobuf } from '../../test/support/otlp.ts';
import { measureColdStart } from '../cold-start.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { tracesPayload } from '../payloads/traces.ts';

const PEAK = fileURLToPath(new URL('./peak-memory.ts', import.meta.url));

/** The first request that is measured holds this many spans. */
const FIRST_REQUEST_SPANS = 32;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

/** Measures the start of ingest-otlp, and the memory of a run over the bodies in `folder`. */
export async function* startFigures(folder: string, options: BenchOptions): AsyncGenerator<Figure> {
  options.progress('cold start of ingest-otlp');
  const body = encodeProtobuf('traces', tracesPayload({ spans: FIRST_REQUEST_SPANS }));
  const start = await measureColdStart(body, options.rounds * 2);
  const bare = median(start.bareCpuMs);
  const floor = median(start.floorCpuMs) - bare;
  const ours = median(start.oursCpuMs) - bare;
  yield { name: 'cold-cpu-ms', ours, unit: 'ms CPU', must: '<= 25' };
  // What Node itself needs to load crypto, http, https and zlib and to post twice: part of the figure above.
  yield { name: 'cold-cpu-floor-ms', ours: floor, unit: 'ms CPU' };
  yield { name: 'bundle-kb', ours: start.bundleBytes / 1024, unit: 'KB', must: '<= 80' };
  yield { name: 'peak-rss-mb', ours: await peakMb(folder), unit: 'MB', must: '<= 120' };
}

/** Bundled before it runs: reading TypeScript costs Node 60 MB of its own. */
async function peakMb(folder: string): Promise<number> {
  const temporary = mkdtempSync(join(tmpdir(), 'tidewatch-peak-'));
  try {
    const outfile = join(temporary, 'peak-memory.mjs');
    await build(functionBundle(PEAK, outfile));
    const output = execFileSync(process.execPath, [outfile, folder], { encoding: 'utf8' });
    return (JSON.parse(output) as { peakMb: number }).peakMb;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
