// What the export pipeline asks of every destination: collect requests while the bytes are walked once, then send.
import type { Signal } from '../model/signal.ts';

/** The destinations, as their progress rows and counters name them. */
export type Destination = 'xray' | 'span-metrics' | 'cloudwatch-metrics' | 'cloudwatch-logs' | 'archive';

/** One accepted request, decompressed. */
export interface ExportRequest {
  readonly ingestId: string;
  readonly tenant: string;
  readonly signal: Signal;
  readonly acceptedAtMs: number;
  /** OTLP protobuf; stays unchanged until `flush` has ended. */
  readonly otlp: Buffer;
}

/** What became of one request at one destination. Nothing is dropped without a count, so `done` may include drops. */
export type ExportOutcome =
  | { readonly kind: 'done' }
  /**
   * The exporter took only a part, to keep its memory bounded; that part is sent and noted by `saveProgress`. The
   * pipeline walks the request once more for it, at once, with that progress. Each pass must get further.
   */
  | { readonly kind: 'partial' }
  | {
      readonly kind: 'retry';
      /** `outOfTime`: the deadline came before the rest could be sent. */
      readonly reason: 'throttled' | 'unavailable' | 'timeout' | 'conflict' | 'credentials' | 'outOfTime';
      readonly message: string;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'poison'; readonly message: string };

/** Counts things under `sent`, `dropped`, `repeated`, …, with a reason where one is due. */
export interface Counters {
  /** @param name such as `sent` or `dropped` @param count >= 0 @param reason closed word such as `invalidTraceId` */
  add(destination: Destination | 'pipeline', name: string, count: number, reason?: string): void;
}

/** What a flush may use. */
export interface FlushContext {
  /** Epoch milliseconds; the exporter starts no call that could end later. */
  readonly deadlineMs: number;
  /** The only clock an exporter reads. */
  readonly now: () => number;
  readonly counters: Counters;
  /**
   * Durably notes how far a destination got with these requests; `progress` is the exporter's own short text
   * (<= 1 KB). To be awaited after each call that is not idempotent, before the next call starts. Rejects with a
   * RetryableError when it could not be noted: send nothing more for these requests, their outcome is `retry`.
   * @returns ingest ids of requests whose progress another instance moved meanwhile (undefined: none): send nothing
   *   more for them, their outcome is `retry` with `conflict`; what the last call sent for them may be a repeat
   */
  readonly saveProgress: (
    destination: Destination,
    entries: readonly { readonly ingestId: string; readonly progress: string }[],
  ) => Promise<ReadonlySet<string> | undefined>;
}

/**
 * A destination. For each request the pipeline calls `begin`, walks the bytes (which calls the visitor that the
 * exporter also is, see lib/telemetry), calls `end`; after the last request of the batch it calls `flush` once.
 */
export interface Exporter {
  readonly destination: Destination;
  readonly signals: readonly Signal[];
  /**
   * @param progress what an earlier delivery saved for this request, undefined when nothing
   * @returns false when nothing is left to do; the walk then skips this exporter
   */
  begin(request: ExportRequest, progress: string | undefined): boolean;
  /** Ends the request that `begin` started. */
  end(): void;
  /** Forgets the request that `begin` started: its bytes turned out to be malformed. */
  abort(): void;
  /** Sends what was collected. One outcome for each request begun, by ingest id. Never rejects for what a destination says. */
  flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>>;
}
