// Timers: a due row in the state table and, within reach of a delayed message, a message on the wake-up queue of its
// kind. A message that is lost is sent again by sweep-timers, which finds the row.
import type { DueRow, TimerRows } from '../alerting/ports.ts';
import { PermanentError } from '../model/errors.ts';
import type { Timers, WakeUp, WakeUpKind } from '../model/wake-up.ts';
import { type JsonCallOptions, JsonService } from './json-call.ts';
import { DUE_SHARDS, duePartition, type StateKey } from './state-keys.ts';
import { bodyOf, type Item, keyOf, type StateRows } from './state-rows.ts';
import type { AwsTransport } from './transport.ts';

/** The longest DelaySeconds. Source: SQS API reference, SendMessage, 2026-11. */
const MAX_DELAY_MS = 900_000;
/** Digits of epoch milliseconds, so that texts sort as times do; good until the year 2286. */
const TIME_DIGITS = 13;
/** A row whose work nobody did in so long is of something that is gone. */
const KEPT_MS = 30 * 86_400_000;

/** The wake-up queue of each kind; a kind without one cannot be set. */
export type WakeUpQueues = Readonly<Partial<Record<'notify' | 'escalate', string>>>;

const QUEUES: Readonly<Record<WakeUpKind, keyof WakeUpQueues>> = {
  group: 'notify',
  outbox: 'notify',
  escalation: 'escalate',
  reminder: 'escalate',
};

export class DynamoTimers implements Timers, TimerRows {
  private readonly rows: StateRows;
  private readonly queues: WakeUpQueues;
  private readonly sqs: JsonService;

  constructor(rows: StateRows, queues: WakeUpQueues, transport: AwsTransport, options: JsonCallOptions) {
    this.rows = rows;
    this.queues = queues;
    this.sqs = new JsonService('sqs', transport, options);
  }

  async schedule(wakeUp: WakeUp): Promise<void> {
    await this.rows.put([this.row(wakeUp, true)]);
    await this.announceSoon(wakeUp);
  }

  async done(wakeUp: WakeUp): Promise<void> {
    await this.rows.conditionally('DeleteItem', { Key: keyOf(keyOfDue(wakeUp)) });
  }

  /** Sends the message, delayed until it is due. @throws RetryableError; PermanentError for a kind without a queue */
  async announce(wakeUp: WakeUp): Promise<void> {
    const QueueUrl = this.queues[QUEUES[wakeUp.kind]];
    if (QueueUrl === undefined) {
      throw new PermanentError('invalidConfig', `no queue for wake-ups of kind ${wakeUp.kind} is deployed`);
    }
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, wakeUp.dueAt - this.rows.now()));
    await this.sqs.call('SendMessage', {
      QueueUrl,
      MessageBody: JSON.stringify(wakeUp),
      // Rounded up: a message that comes early is only sent again.
      DelaySeconds: Math.ceil(delayMs / 1_000),
    });
  }

  /** The same where it does no harm that it fails: the row is there, and sweep-timers will see it. */
  async announceSoon(wakeUp: WakeUp): Promise<void> {
    if (this.isNear(wakeUp)) await this.announce(wakeUp).catch(() => undefined);
  }

  async due(untilMs: number): Promise<readonly DueRow[]> {
    const shards = await Promise.all(
      Array.from({ length: DUE_SHARDS }, (_, shard) =>
        this.rows.query(duePartition(shard), 'sk < :until', { ':until': timeText(untilMs + 1) }),
      ),
    );
    return shards.flat().map((item) => bodyOf<DueRow>(item));
  }

  /** The row for a transaction. @param announced whether its message is sent when the transaction is through */
  row(wakeUp: WakeUp, announced: boolean): Item {
    const body: DueRow = { wakeUp, announced: announced && this.isNear(wakeUp) };
    return this.rows.item(keyOfDue(wakeUp), body, wakeUp.dueAt + KEPT_MS);
  }

  private isNear({ dueAt }: WakeUp): boolean {
    return dueAt - this.rows.now() <= MAX_DELAY_MS;
  }
}

/** @example due#3 / 1793000000000#group#4f…#7 */
export function keyOfDue({ kind, id, generation, dueAt }: WakeUp): StateKey {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.codePointAt(0)!) % 65_521;
  return {
    pk: duePartition(sum % DUE_SHARDS),
    sk: `${timeText(dueAt)}#${kind}#${id}#${generation}`,
  };
}

function timeText(ms: number): string {
  return String(Math.max(0, Math.ceil(ms))).padStart(TIME_DIGITS, '0');
}
