// Moves dead letters back to the queue they came from. A letter is removed only after it is surely back, so that a
// crash between the two repeats a message, which the exporters recognise by its ingest id, and loses none.
import type { DeadLetter, RedriveQueue } from './ports.ts';

/** The reason of letters that carry none: the queue moved them after their last delivery. */
export const TOO_MANY_RECEIVES = 'tooManyReceives';

/** An empty answer may come from a part of the queue only. */
const EMPTY_ANSWERS = 2;

export interface RedriveOptions {
  /** Letters at most. */
  readonly limit: number;
  /** Count only, move nothing. */
  readonly dryRun: boolean;
  /** Letters that arrive after this time stay: they may be the same ones, failed again. Epoch milliseconds. */
  readonly startedAtMs: number;
  /** Called after each round. */
  readonly onProgress?: (moved: number) => void;
}

export interface RedriveResult {
  /** Letters moved (or counted), by the reason they carried. */
  readonly byReason: Readonly<Record<string, number>>;
  readonly total: number;
  /** Letters that could not be moved; they are still in the dead-letter queue. */
  readonly failed: number;
  /** The limit was reached, so that more may be there. */
  readonly limited: boolean;
}

/** Moves, or only counts, dead letters until none is left, the limit is reached, only new ones come or none can be sent. */
export async function redrive(queue: RedriveQueue, options: RedriveOptions): Promise<RedriveResult> {
  const byReason: Record<string, number> = {};
  const held: DeadLetter[] = [];
  let total = 0;
  let failed = 0;
  let emptyAnswers = 0;
  while (emptyAnswers < EMPTY_ANSWERS && total + failed < options.limit) {
    const letters = await queue.receive();
    const due = letters.filter((letter) => letter.sentAtMs <= options.startedAtMs);
    const taken = due.slice(0, options.limit - total - failed);
    const done = options.dryRun ? taken : await moveAll(queue, taken);
    held.push(...letters.filter((letter) => options.dryRun || !done.includes(letter)));
    for (const { reason = TOO_MANY_RECEIVES } of done) byReason[reason] = (byReason[reason] ?? 0) + 1;
    total += done.length;
    failed += taken.length - done.length;
    emptyAnswers = due.length === 0 ? emptyAnswers + 1 : 0;
    options.onProgress?.(total);
    if (taken.length > 0 && done.length === 0) break;
  }
  // What was only looked at, or could not be sent, becomes visible again at once instead of in some minutes.
  await Promise.allSettled(held.map((letter) => queue.release(letter)));
  return { byReason, total, failed, limited: total + failed >= options.limit };
}

/** @returns the letters that are back on their queue for sure */
async function moveAll(queue: RedriveQueue, letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]> {
  const sent = await Promise.allSettled(letters.map((letter) => queue.resend(letter)));
  const back = letters.filter((_letter, index) => sent[index]?.status === 'fulfilled');
  // One that cannot be removed comes a second time, and is recognised by its ingest id.
  await Promise.allSettled(back.map((letter) => queue.remove(letter)));
  return back;
}
