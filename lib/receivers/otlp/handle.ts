// OTLP/HTTP from request to answer: route, authenticate, read, inspect, hand over. All I/O is behind ports, so this
// runs the same in Lambda, in tests, and behind any HTTP server.
import { MalformedError } from '../../model/errors.ts';
import type { Signal } from '../../model/signal.ts';
import { type PartialSuccess, statusBody, successBody } from './answer.ts';
import { authenticate } from './authenticate.ts';
import { handOver } from './hand-over.ts';
import { ingestId } from './ingest-id.ts';
import { type Inspection, inspect } from './inspect.ts';
import { answerType } from './media-type.ts';
import type { OtlpPorts } from './ports.ts';
import { type ReadBody, readBody } from './read-body.ts';
import { REFUSALS, type Refusal, refuse, refuseFor } from './refusal.ts';
import type { OtlpOutcome, OtlpRequest } from './request.ts';
import { route } from './route.ts';
import type { ReceiverSettings } from './settings.ts';

type Facts = Omit<OtlpOutcome['facts'], 'status' | 'message'>;

/** Items by their word in messages. */
const ITEMS: Readonly<Record<Signal, string>> = {
  traces: 'spans',
  metrics: 'data points',
  logs: 'log records',
};

/**
 * Answers one request. 200 means that what was accepted is durable.
 * @param nowMs epoch milliseconds at which the request came
 * @returns never rejects for what a request holds or a port says
 */
export async function handleOtlpRequest(
  request: OtlpRequest,
  ports: OtlpPorts,
  settings: ReceiverSettings,
  nowMs: number,
): Promise<OtlpOutcome> {
  const routed = route(request);
  if (routed.kind === 'refused') return refused(request, routed, {});
  const { signal } = routed;
  const sender = await attempt(() => authenticate(request, signal, ports.keys));
  if (sender.kind === 'refused') {
    return refused(request, sender, { signal, ...('keyId' in sender && { keyId: sender.keyId }) });
  }
  const { keyId, tenant } = sender;
  const body = readBody(request, signal, settings);
  if (body.kind === 'refused') return refused(request, body, { signal, keyId });
  const inspection = look(signal, body);
  if (inspection.kind === 'refused') return refused(request, inspection, { signal, keyId });
  const id = ingestId(keyId, signal, body.original);
  const facts = { signal, keyId, ingestId: id };
  if (inspection.items > sum(inspection.rejected)) {
    const accepted = { ingestId: id, tenant, signal, acceptedAtMs: nowMs };
    const stored = await attempt(async () => {
      await handOver(accepted, body, ports, settings, request.deadlineMs);
      return { kind: 'stored' as const };
    });
    if (stored.kind === 'refused') return refused(request, stored, facts);
  }
  return taken(request, signal, inspection, [...body.warnings, ...inspection.warnings], facts);
}

/** The answer to a request that was not handled: out of time, or a fault of ours. */
export function failureOutcome(request: OtlpRequest, failure: unknown): OtlpOutcome {
  return refused(request, refuseFor(failure), {});
}

async function attempt<T>(step: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await step();
  } catch (error) {
    return refuseFor(error);
  }
}

function look(signal: Signal, body: ReadBody): ({ kind: 'inspected' } & Inspection) | Refusal {
  try {
    return { kind: 'inspected', ...inspect(signal, body.otlp) };
  } catch (error) {
    if (error instanceof MalformedError) return refuse('malformed', `not an OTLP request: ${error.message}`);
    throw error;
  }
}

function taken(
  request: OtlpRequest,
  signal: Signal,
  { items, rejected }: Inspection,
  warnings: readonly string[],
  facts: Facts,
): OtlpOutcome {
  const type = answerType(request);
  const partial = partialSuccess(signal, items, rejected, warnings);
  const counts = [...rejected].map(([reason, count]) => ({ name: 'rejectedItems' as const, count, reason }));
  return {
    response: { status: 200, headers: { 'content-type': type }, body: successBody(signal, partial, type) },
    counts,
    facts: { status: 200, ...facts, ...(partial !== undefined && { message: partial.message }) },
  };
}

function partialSuccess(
  signal: Signal,
  items: number,
  rejected: ReadonlyMap<string, number>,
  warnings: readonly string[],
): PartialSuccess | undefined {
  const count = sum(rejected);
  const sentences = [...warnings];
  if (count > 0) {
    const reasons = [...rejected].map(([reason, times]) => `${reason} ×${times}`).join(', ');
    sentences.unshift(`${count} of ${items} ${ITEMS[signal]} rejected: ${reasons}`);
  }
  return sentences.length === 0 ? undefined : { rejected: count, message: sentences.join('; ') };
}

function refused(request: OtlpRequest, refusal: Refusal, facts: Facts): OtlpOutcome {
  const type = answerType(request);
  const { reason, message, retryAfterSeconds, failure } = refusal;
  const { status, code } = REFUSALS[reason];
  const headers = {
    'content-type': type,
    ...refusal.headers,
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  return {
    response: { status, headers, body: statusBody({ code, message, retryAfterSeconds }, type) },
    counts: [{ name: 'refusedRequests', count: 1, reason }],
    facts: { status, message, ...facts },
    ...(failure !== undefined && { failure }),
  };
}

function sum(rejected: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of rejected.values()) total += count;
  return total;
}
