// What the OTLP receiver takes and gives, whichever door it came through: a Function URL, an HTTP API, a test.
import type { Signal } from '../../model/signal.ts';

/** One HTTP request. */
export interface OtlpRequest {
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Epoch milliseconds by which the answer must be ready; calls to AWS end by then. */
  readonly deadlineMs: number;
}

export interface OtlpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Something worth counting: a refused request, or items rejected out of an accepted one. */
export interface Count {
  readonly name: 'refusedRequests' | 'rejectedItems';
  readonly count: number;
  readonly reason: string;
}

/** The answer, and what is to be counted and logged about it. */
export interface OtlpOutcome {
  readonly response: OtlpResponse;
  /** Empty when all is well; what was accepted is counted by export-telemetry. */
  readonly counts: readonly Count[];
  /** What a person needs to find the sender; never a secret or a part of the body. */
  readonly facts: {
    readonly status: number;
    readonly message?: string;
    readonly signal?: Signal;
    readonly keyId?: string;
    readonly ingestId?: string;
  };
  /** What went wrong on our side. */
  readonly failure?: unknown;
}
