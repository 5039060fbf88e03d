// A wave: as many requests of a batch as fit into memory together, taken by all their exporters and sent.
import type { Exporter, ExportRequest, FlushContext } from '../exporters/exporter.ts';
import type { TelemetryMessage } from '../model/telemetry-message.ts';
import type { Collector } from './collect.ts';
import type { DestinationOutcome } from './decide.ts';
import { type Flushed, flushAll } from './flush.ts';
import type { ProgressLedger } from './progress-ledger.ts';

/** Decompressed bytes that are in memory at a time; one larger request is a wave of its own. */
export const WAVE_BYTES = 24 * 1024 * 1024;

/** Cuts a batch into waves, in order. */
export function wavesOf<T extends { readonly message: TelemetryMessage }>(
  items: readonly T[],
  waveBytes: number = WAVE_BYTES,
): T[][] {
  const waves: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const wave = waves.at(-1);
    bytes += item.message.decompressedBytes;
    if (wave !== undefined && bytes <= waveBytes) wave.push(item);
    else {
      waves.push([item]);
      bytes = item.message.decompressedBytes;
    }
  }
  return waves;
}

/**
 * Exports the requests of one wave. Exporters that took a part are walked again until they have all, or time is up.
 * @returns for each ingest id one outcome of each destination of its signal
 */
export async function exportWave(
  requests: readonly ExportRequest[],
  exporters: readonly Exporter[],
  collector: Collector,
  ledger: ProgressLedger,
  context: FlushContext,
): Promise<Map<string, DestinationOutcome[]>> {
  const outcomes = new Map<string, DestinationOutcome[]>(requests.map(({ ingestId }) => [ingestId, []]));
  let todo = requests.map((request) => ({
    request,
    exporters: exporters.filter((exporter) => exporter.signals.includes(request.signal)),
  }));
  while (todo.length > 0) {
    const held = new Map<Exporter, string[]>();
    for (const { request, exporters: wanted } of todo) {
      const { ingestId } = request;
      const list = outcomes.get(ingestId)!;
      const open = wanted.filter(({ destination }) => !ledger.isDone(ingestId, destination));
      for (const { destination } of wanted.filter((exporter) => !open.includes(exporter))) {
        list.push({ destination, kind: 'done' });
      }
      const collected = collector.collect(request, open, ledger);
      list.push(...collected.outcomes);
      for (const exporter of collected.begun) held.set(exporter, [...(held.get(exporter) ?? []), ingestId]);
    }
    const again = new Map<string, Exporter[]>();
    for (const flushed of await flushAll(held, context)) {
      const outcome = settled(flushed, ledger, context);
      if (outcome !== 'again') outcomes.get(flushed.ingestId)!.push(outcome);
      else again.set(flushed.ingestId, [...(again.get(flushed.ingestId) ?? []), flushed.exporter]);
    }
    todo = todo
      .filter(({ request }) => again.has(request.ingestId))
      .map(({ request }) => ({ request, exporters: again.get(request.ingestId)! }));
  }
  return outcomes;
}

/** An outcome that stands, or 'again' for one more walk. */
function settled(
  { ingestId, outcome }: Flushed,
  ledger: ProgressLedger,
  context: FlushContext,
): DestinationOutcome | 'again' {
  const { destination, kind } = outcome;
  // Whatever the exporter says: the row belongs to another instance now, which may not be through yet.
  if (ledger.isLost(ingestId, destination) && kind !== 'retry') {
    return { destination, kind: 'retry', reason: 'conflict', message: 'another delivery works on it' };
  }
  if (kind !== 'partial') return outcome;
  if (context.now() < context.deadlineMs) return 'again';
  return {
    destination,
    kind: 'retry',
    reason: 'outOfTime',
    message: 'the rest has to wait for the next delivery',
  };
}
