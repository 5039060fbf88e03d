// What a user's service waits for when ingest-otlp starts: size of the bundle, what is in it, CPU until its first answer.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { measureColdStart } from '../bench/cold-start.ts';
import { tracesPayload } from '../bench/payloads/traces.ts';
import { functionBundle } from '../scripts/function-bundle.ts';
import { encodeProtobuf } from './support/otlp.ts';

const ENTRY = fileURLToPath(new URL('../functions/ingest-otlp.ts', import.meta.url));
const MAX_BUNDLE_BYTES = 80 * 1024;
const MAX_OWN_CPU_MS = 25;

describe('ingest-otlp', () => {
  it('is a bundle of at most 80 KB without SDK, signer, schema library or protobuf library', async () => {
    const result = await build({
      ...functionBundle(ENTRY, 'index.mjs'),
      sourcemap: false,
      metafile: true,
      write: false,
    });
    expect(result.outputFiles![0]!.contents.length).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
    const [output] = Object.values(result.metafile!.outputs);
    const inputs = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const packages = inputs.map(([name]) => name).filter((name) => name.includes('node_modules/'));
    expect(packages.filter((name) => !name.includes('node_modules/@middy/core/'))).toEqual([]);
  });

  it('loads and answers once within 25 ms CPU above what Node itself needs for that', async () => {
    const body = encodeProtobuf('traces', tracesPayload({ spans: 32 }));
    // The least of several rounds: other work on the machine only ever adds.
    const { floorCpuMs, oursCpuMs } = await measureColdStart(body, 7);
    expect(Math.min(...oursCpuMs) - Math.min(...floorCpuMs)).toBeLessThanOrEqual(MAX_OWN_CPU_MS);
  });
});
