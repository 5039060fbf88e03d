// Sends what the exporters hold, all destinations at once, and says what became of each request at each of them.
import type { Destination, Exporter, ExportOutcome, FlushContext } from '../exporters/exporter.ts';
import type { DestinationOutcome } from './decide.ts';

/** Ingest ids that each exporter holds. */
export type Held = ReadonlyMap<Exporter, readonly string[]>;

export interface Flushed {
  readonly ingestId: string;
  readonly exporter: Exporter;
  /** `partial`: walk the request again for this exporter. */
  readonly outcome: DestinationOutcome | { readonly destination: Destination; readonly kind: 'partial' };
}

/** @returns one result for each request of each exporter; never rejects */
export async function flushAll(held: Held, context: FlushContext): Promise<Flushed[]> {
  const results = await Promise.all([...held].map(([exporter, ids]) => flushOne(exporter, ids, context)));
  return results.flat();
}

async function flushOne(
  exporter: Exporter,
  ids: readonly string[],
  context: FlushContext,
): Promise<Flushed[]> {
  const { destination } = exporter;
  let outcomes: ReadonlyMap<string, ExportOutcome>;
  let missing: ExportOutcome = {
    kind: 'retry',
    reason: 'unavailable',
    message: 'the exporter said nothing of this request',
  };
  try {
    outcomes = await exporter.flush(context);
  } catch (error) {
    outcomes = new Map();
    missing = { kind: 'retry', reason: 'unavailable', message: (error as Error).stack ?? String(error) };
  }
  return ids.map((ingestId) => {
    const outcome = outcomes.get(ingestId) ?? missing;
    if (outcome.kind === 'poison') {
      return { ingestId, exporter, outcome: { destination, reason: 'rejected' as const, ...outcome } };
    }
    return { ingestId, exporter, outcome: { destination, ...outcome } };
  });
}
