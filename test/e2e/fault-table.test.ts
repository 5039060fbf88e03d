// The faults that a collector was measured with, against the deployed stack: after each, no span is lost and none is
// doubled in X-Ray (docs/faults.md has the table).
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tracesPayload } from '../../bench/payloads/traces.ts';
import type { FaultRule } from '../../lib/local/admin-client.ts';
import { packageRoot } from '../../lib/local/paths.ts';
import { type LocalStack, startStack, stopStack } from '../../lib/local/stack.ts';
import { encodeProtobuf } from '../support/otlp.ts';

const options = { project: packageRoot(), name: 'test-faults', say: console.error };
const REQUESTS = 8;
const SPANS = 512;
const SETTLE_TIMEOUT_MS = 120_000;

let stack: LocalStack;
let nextSeed = 1;
/** Ids of every row so far: a last retry of the row before may still come in. */
const everSent = new Set<string>();

beforeAll(async () => {
  await stopStack(options);
  stack = await startStack(options);
});
afterAll(() => stopStack(options));

const put = { service: 'xray', operation: 'PutTraceSegments' } as const;

const FAULTS: readonly (readonly [name: string, rules: readonly FaultRule[]])[] = [
  ['1 in 5 segments unprocessed', [{ ...put, kind: 'unprocessed', rate: 0.2, seed: 1 }]],
  ['10 % of calls 500', [{ ...put, kind: 'error', rate: 0.1, seed: 2 }]],
  ['10 % of calls throttled', [{ ...put, kind: 'throttle', rate: 0.1, seed: 3 }]],
  ['50 % of calls 500', [{ ...put, kind: 'error', rate: 0.5, seed: 4 }]],
  ['50 % of calls throttled', [{ ...put, kind: 'throttle', rate: 0.5, seed: 5 }]],
  ['429 for the first 40 calls', [{ ...put, kind: 'throttle', first: 40 }]],
];

/** Sends one request as a client does, again while the answer says so. @returns its span ids */
async function sendRequest(): Promise<string[]> {
  const request = tracesPayload({ seed: nextSeed++, spans: SPANS, startMs: Date.now() });
  const { ingestUrl, ingestKey } = stack.endpoints;
  const body = gzipSync(encodeProtobuf('traces', request));
  for (;;) {
    const answer = await fetch(`${ingestUrl!.replace(/\/$/, '')}/v1/traces`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ingestKey}`,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
      },
      body,
    });
    await answer.arrayBuffer();
    if (answer.status === 200) break;
    expect([429, 502, 503, 504]).toContain(answer.status);
    await sleep(200);
  }
  return (request.resourceSpans ?? []).flatMap(({ scopeSpans }) =>
    (scopeSpans ?? []).flatMap(({ spans }) => (spans ?? []).map(({ spanId }) => spanId!)),
  );
}

/** Waits until all spans are there, or time is up. @returns ids that are missing */
async function missing(sent: readonly string[]): Promise<string[]> {
  const until = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    await stack.admin.releaseMessages();
    await sleep(1000);
    const stored = new Set((await stack.admin.segments()).map(({ segmentId }) => segmentId));
    const left = sent.filter((id) => !stored.has(id));
    if (left.length === 0 || Date.now() > until) return left;
  }
}

test.each(FAULTS)('with %s no span is lost and none is doubled', async (name, rules) => {
  await stack.admin.clearRecords();
  await stack.admin.setFaults(rules);
  const sent = (await Promise.all(Array.from({ length: REQUESTS }, sendRequest))).flat();
  for (const id of sent) everSent.add(id);
  const lost = await missing(sent);
  const injected = (await stack.admin.faults()).reduce((sum, fault) => sum + fault.injected, 0);
  await stack.admin.clearFaults();
  const segments = await stack.admin.segments();
  const again = segments.reduce((sum, { puts }) => sum + puts - 1, 0);
  console.error(
    `${name}: ${sent.length} spans, ${injected} faults, ${lost.length} lost, ${again} accepted twice`,
  );
  expect(injected).toBeGreaterThan(0);
  expect(lost).toEqual([]);
  // One document a span, since what is put twice replaces itself; and no id that was not sent.
  expect(new Set(segments.map(({ segmentId }) => segmentId)).size).toBe(segments.length);
  expect(segments.filter(({ segmentId }) => !everSent.has(segmentId))).toEqual([]);
  expect(await stack.admin.rejectedSegments()).toEqual([]);
});
