// What redriving needs of a dead-letter queue; lib/aws/redrive-queue.ts implements it.

/** One delivery from the dead-letter queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Why it is here, as export-telemetry wrote it; undefined when the queue itself moved it after too many tries. */
  readonly reason: string | undefined;
  /** When it was put on the queue, epoch milliseconds. */
  readonly sentAtMs: number;
  /** Of a queue that keeps an order: those of one group stay in theirs. */
  readonly group?: string;
}

export interface RedriveQueue {
  /** Up to ten letters, hidden from others for some minutes; none when the queue is empty. */
  receive(): Promise<readonly DeadLetter[]>;
  /** Puts a body back on the queue it came from. @throws when it is not certain that it is there */
  resend(letter: DeadLetter): Promise<void>;
  /** Removes a letter for good. */
  remove(letter: DeadLetter): Promise<void>;
  /** Shows a letter again to whoever reads the dead-letter queue. */
  release(letter: DeadLetter): Promise<void>;
}
