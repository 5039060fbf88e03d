// Redriving: nothing is lost, nothing is moved for ever, and what was counted is what was there.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeadLetter, RedriveQueue } from '../../lib/redrive/ports.ts';
import { redrive, TOO_MANY_RECEIVES } from '../../lib/redrive/redrive.ts';

const START = 1_000;
const everything = { limit: Number.POSITIVE_INFINITY, dryRun: false, startedAtMs: START };

/** A dead-letter queue in memory; what is received is hidden until it is removed or released. */
class MemoryQueue implements RedriveQueue {
  readonly waiting: DeadLetter[] = [];
  readonly hidden = new Map<string, DeadLetter>();
  readonly back: string[] = [];
  readonly refuseToSend = new Set<string>();
  readonly refuseToRemove = new Set<string>();
  /** Answers that are empty although letters wait, as SQS may give. */
  emptyFirst = 0;

  put(id: string, reason?: string, sentAtMs = START): void {
    this.waiting.push({ messageId: id, receiptHandle: id, body: `body of ${id}`, reason, sentAtMs });
  }

  async receive(): Promise<readonly DeadLetter[]> {
    if (this.emptyFirst > 0) {
      this.emptyFirst -= 1;
      return [];
    }
    const letters = this.waiting.splice(0, 10);
    for (const letter of letters) this.hidden.set(letter.messageId, letter);
    return letters;
  }

  async resend(letter: DeadLetter): Promise<void> {
    if (this.refuseToSend.has(letter.messageId)) throw new Error('no answer');
    this.back.push(letter.messageId);
  }

  async remove(letter: DeadLetter): Promise<void> {
    if (this.refuseToRemove.has(letter.messageId)) throw new Error('no answer');
    this.hidden.delete(letter.messageId);
  }

  async release(letter: DeadLetter): Promise<void> {
    this.hidden.delete(letter.messageId);
    this.waiting.push(letter);
  }
}

function queueOf(count: number, reason?: string): MemoryQueue {
  const queue = new MemoryQueue();
  for (let index = 0; index < count; index += 1) queue.put(`m${index}`, reason);
  return queue;
}

describe('redrive', () => {
  test('moves every letter back and counts by the reason it carried', async () => {
    const queue = queueOf(25, 'encoderFailed');
    queue.put('x');
    const result = await redrive(queue, everything);
    expect(result).toEqual({
      total: 26,
      failed: 0,
      limited: false,
      byReason: { encoderFailed: 25, [TOO_MANY_RECEIVES]: 1 },
    });
    expect(queue.back).toHaveLength(26);
    expect(queue.waiting).toEqual([]);
    expect(queue.hidden.size).toBe(0);
  });

  test('counts without moving, and shows all of them again', async () => {
    const queue = queueOf(13, 'malformed');
    const result = await redrive(queue, { ...everything, dryRun: true });
    expect(result).toMatchObject({ total: 13, byReason: { malformed: 13 } });
    expect(queue.back).toEqual([]);
    expect(queue.waiting).toHaveLength(13);
  });

  test('stops at the limit and shows the rest of a batch again', async () => {
    const queue = queueOf(25);
    const result = await redrive(queue, { ...everything, limit: 12 });
    expect(result).toMatchObject({ total: 12, limited: true });
    expect(queue.back).toHaveLength(12);
    expect(queue.waiting).toHaveLength(13);
    expect(queue.hidden.size).toBe(0);
  });

  test('tries a letter that cannot be sent once, and keeps it', async () => {
    const queue = queueOf(3);
    queue.refuseToSend.add('m1');
    const result = await redrive(queue, everything);
    expect(result).toMatchObject({ total: 2, failed: 1 });
    expect(queue.waiting.map(({ messageId }) => messageId)).toEqual(['m1']);
  });

  test('gives up when nothing can be sent', async () => {
    const queue = queueOf(40);
    for (let index = 0; index < 40; index += 1) queue.refuseToSend.add(`m${index}`);
    const result = await redrive(queue, everything);
    expect(result).toMatchObject({ total: 0, failed: 10 });
    expect(queue.waiting).toHaveLength(40);
  });

  test('does not take one empty answer for an empty queue', async () => {
    const queue = queueOf(4);
    queue.emptyFirst = 1;
    expect((await redrive(queue, everything)).total).toBe(4);
  });

  test('leaves letters that arrive while it runs, so that what fails again does not go round', async () => {
    const queue = queueOf(2);
    queue.put('again', 'malformed', START + 1);
    const result = await redrive(queue, everything);
    expect(result.total).toBe(2);
    expect(queue.waiting.map(({ messageId }) => messageId)).toEqual(['again']);
  });

  test('loses nothing, whichever calls fail', async () => {
    const letters = fc.array(fc.record({ send: fc.boolean(), remove: fc.boolean() }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(letters, fc.integer({ min: 1, max: 50 }), async (plan, limit) => {
        const queue = queueOf(plan.length);
        plan.forEach(({ send, remove }, index) => {
          if (!send) queue.refuseToSend.add(`m${index}`);
          if (!remove) queue.refuseToRemove.add(`m${index}`);
        });
        const result = await redrive(queue, { ...everything, limit });
        expect(result.total + result.failed).toBeLessThanOrEqual(limit);
        const kept = new Set([
          ...queue.waiting.map(({ messageId }) => messageId),
          ...queue.hidden.keys(),
          ...queue.back,
        ]);
        expect(kept.size).toBe(plan.length);
      }),
      { numRuns: 60 },
    );
  });
});
