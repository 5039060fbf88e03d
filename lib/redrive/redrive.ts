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

/** Moves, or only counts, dead letters until none is left, the limit is reached or only new ones come. */
export async function redrive(queue: RedriveQueue, options: RedriveOptions): Promise<RedriveResult> {
  const byReason: Record<string, number> = {};
  const held: DeadLetter[] = [];
  let total = 0;
  let failed = 0;
  let empty = 0;
  while (empty < EMPTY_ANSWERS && total + failed < options.limit) {
    const letters = await queue.receive();
    const due = letters.filter((letter) => letter.sentAtMs <= options.startedAtMs);
    const taken = due.slice(0, options.limit - total - failed);
    held.push(...letters.filter((letter) => !taken.includes(letter)));
    empty = due.length === 0 ? empty + 1 : 0;
    const moved = options.dryRun
      ? taken.map(() => true)
      : await Promise.all(taken.map((letter) => move(queue, letter)));
    for (const [index, letter] of taken.entries()) {
      if (moved[index] === true) {
        const reason = letter.reason ?? TOO_MANY_RECEIVES;
        byReason[reason] = (byReason[reason] ?? 0) + 1;
        total += 1;
      } else failed += 1;
      if (options.dryRun) held.push(letter);
    }
    options.onProgress?.(total);
  }
  // What was only looked at becomes visible again at once instead of in some minutes.
  await Promise.allSettled(held.map((letter) => queue.release(letter)));
  return { byReason, total, failed, limited: total + failed >= options.limit };
}

async function move(queue: RedriveQueue, letter: DeadLetter): Promise<boolean> {
  try {
    await queue.resend(letter);
  } catch {
    await queue.release(letter).catch(() => undefined);
    return false;
  }
  // It is back: when it cannot be removed it comes a second time, and is recognised by its ingest id.
  await queue.remove(letter).catch(() => undefined);
  return true;
}
