// What becomes of one message, from what became of it at each destination. Pure.
import type { Destination, ExportOutcome } from '../exporters/exporter.ts';
import type { RetryReason } from './backoff.ts';
import type { PoisonReason } from './ports.ts';

/** What one destination said of one request; `partial` was resolved before. */
export type DestinationOutcome = { readonly destination: Destination } & (
  | Exclude<ExportOutcome, { kind: 'partial' | 'retry' | 'poison' }>
  | {
      readonly kind: 'retry';
      readonly reason: RetryReason;
      readonly message: string;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'poison'; readonly reason: PoisonReason; readonly message: string }
);

export type Verdict =
  /** Everywhere: the queue may forget it. */
  | { readonly kind: 'success' }
  /** Somewhere not yet: back to the queue; the destinations in `done` are noted first. */
  | {
      readonly kind: 'retry';
      readonly reasons: readonly {
        readonly reason: RetryReason;
        readonly retryAfterMs: number | undefined;
      }[];
      readonly detail: string;
      readonly done: readonly Destination[];
    }
  /** Somewhere never: to the dead-letter queue, then forgotten. */
  | {
      readonly kind: 'poison';
      readonly reason: PoisonReason;
      readonly detail: string;
      readonly done: readonly Destination[];
    };

/**
 * A message waits for its slowest destination, and is poison only when nothing is left to wait for, so that one
 * destination's refusal keeps nothing from the others.
 * @param outcomes one for each destination of the signal
 */
export function decide(outcomes: readonly DestinationOutcome[]): Verdict {
  const done = outcomes.filter((outcome) => outcome.kind === 'done').map((outcome) => outcome.destination);
  const retries = outcomes.filter((outcome) => outcome.kind === 'retry');
  if (retries.length > 0) {
    return {
      kind: 'retry',
      reasons: retries.map(({ reason, retryAfterMs }) => ({ reason, retryAfterMs })),
      detail: retries.map(describe).join('; '),
      done,
    };
  }
  const poison = outcomes.filter((outcome) => outcome.kind === 'poison');
  if (poison.length > 0) {
    return { kind: 'poison', reason: poison[0]!.reason, detail: poison.map(describe).join('; '), done };
  }
  return { kind: 'success' };
}

function describe(outcome: { destination: Destination; message: string }): string {
  return `${outcome.destination}: ${outcome.message}`;
}
