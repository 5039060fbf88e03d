// Alerts onto the alert queue, packed by shard: what evaluators and the API tell the router (lib/model/alert.ts).
import { randomUUID } from 'node:crypto';
import type { SentAlert } from '../model/alert.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';
import { fingerprint } from '../model/fingerprint.ts';
import { type JsonCallOptions, JsonService } from './json-call.ts';
import type { AwsTransport } from './transport.ts';

/** Message groups: the alerts of one stay in order. */
export const ALERT_SHARDS = 64;

/**
 * Largest message in bytes. SQS takes 1 MiB since August 2025; a reader that fails on one message has at most so much
 * to do again. Source: SQS developer guide, "Amazon SQS message quotas", 2026-11.
 */
export const MAX_MESSAGE_BYTES = 262_144;

/** Entries of one SendMessageBatch, and the bytes of all of them. Source: SQS API reference, 2026-11. */
const MAX_BATCH_ENTRIES = 10;
const MAX_BATCH_BYTES = 1_048_576;

/** Times that entries which SQS did not take are sent. */
const MAX_ROUNDS = 4;

const OPENING = '{"alerts":[';
const CLOSING = ']}';

/**
 * Two characters that JSON takes as they are and SQS refuses, with the whole batch.
 * Source: SQS API reference, SendMessage, MessageBody, 2026-11.
 */
const REFUSED_BY_SQS = /[\uFFFE\uFFFF]/g;

/** What lies in a message of the alert queue. */
export interface AlertMessage {
  readonly alerts: readonly SentAlert[];
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
}

interface BatchAnswer {
  readonly Failed?: readonly {
    readonly Id: string;
    readonly SenderFault: boolean;
    readonly Code?: string;
    readonly Message?: string;
  }[];
}

/** The message group of an alert: its fingerprint modulo 64. @returns 0..63 */
export function alertShard(labels: SentAlert['labels']): number {
  return Number.parseInt(fingerprint(labels).slice(-4), 16) % ALERT_SHARDS;
}

/**
 * Packs alerts into bodies of messages, by shard and in their order within it.
 * @param maxBytes of a body
 * @returns bodies of each shard in the order in which they must arrive, and the alerts that fit into no body
 */
export function packAlerts(
  alerts: readonly SentAlert[],
  maxBytes = MAX_MESSAGE_BYTES,
): { readonly shards: ReadonlyMap<number, readonly string[]>; readonly tooLarge: readonly SentAlert[] } {
  const shards = new Map<number, string[]>();
  const sizes = new Map<number, number>();
  const tooLarge: SentAlert[] = [];
  const frame = OPENING.length + CLOSING.length;
  for (const alert of alerts) {
    const text = JSON.stringify(alert).replace(REFUSED_BY_SQS, escaped);
    const bytes = Buffer.byteLength(text);
    if (bytes + frame > maxBytes) {
      tooLarge.push(alert);
      continue;
    }
    const shard = alertShard(alert.labels);
    const bodies = shards.get(shard) ?? [];
    const size = sizes.get(shard) ?? 0;
    if (bodies.length > 0 && size + 1 + bytes <= maxBytes) {
      bodies[bodies.length - 1] += `,${text}`;
      sizes.set(shard, size + 1 + bytes);
    } else {
      bodies.push(OPENING + text);
      sizes.set(shard, frame + bytes);
    }
    shards.set(shard, bodies);
  }
  for (const bodies of shards.values()) for (const place of bodies.keys()) bodies[place] += CLOSING;
  return { shards, tooLarge };
}

export class AlertQueue {
  private readonly queueUrl: string;
  private readonly sqs: JsonService;

  constructor(queueUrl: string, transport: AwsTransport, options: JsonCallOptions) {
    this.queueUrl = queueUrl;
    this.sqs = new JsonService('sqs', transport, options);
  }

  /**
   * Alerts of the same labels arrive in their order. A call that brought no answer is sent again under the same
   * deduplication id, so it arrives once.
   * @param now epoch milliseconds, part of the deduplication id
   * @throws RetryableError when some may not have arrived: sending all again is safe, since a router takes the same
   *   alert twice; PermanentError `tooLarge` for an alert above 256 KB, after all others were sent
   */
  async send(alerts: readonly SentAlert[], now: number): Promise<void> {
    const { shards, tooLarge } = packAlerts(alerts);
    // One message of a shard at a time, so that one that is sent again never comes after its successor.
    const turns = Math.max(0, ...[...shards.values()].map((bodies) => bodies.length));
    for (let turn = 0; turn < turns; turn++) {
      const entries = [...shards].flatMap(([shard, bodies]) => {
        const MessageBody = bodies[turn];
        if (MessageBody === undefined) return [];
        const MessageDeduplicationId = `${now}-${randomUUID()}`;
        return [{ Id: String(shard), MessageBody, MessageGroupId: String(shard), MessageDeduplicationId }];
      });
      await Promise.all(batchesOf(entries).map((batch) => this.sendBatch(batch)));
    }
    const [first] = tooLarge;
    if (first === undefined) return;
    const size = Buffer.byteLength(JSON.stringify(first));
    throw new PermanentError(
      'tooLarge',
      `${tooLarge.length} alerts above ${MAX_MESSAGE_BYTES} bytes were left out, such as ${first.labels.alertname ?? '(no alertname)'} of ${size} bytes; shorten its annotations`,
    );
  }

  private async sendBatch(batch: readonly Entry[]): Promise<void> {
    let open = batch;
    for (let round = 1; ; round++) {
      const answer = await this.sqs.call('SendMessageBatch', { QueueUrl: this.queueUrl, Entries: open });
      const failed = (answer as BatchAnswer).Failed ?? [];
      if (failed.length === 0) return;
      const refused = failed.find(({ SenderFault }) => SenderFault);
      if (refused !== undefined)
        throw new PermanentError(
          'rejected',
          `the alert queue refused a message: ${refused.Code ?? ''} ${refused.Message ?? ''}`.trim(),
        );
      if (round === MAX_ROUNDS)
        throw new RetryableError('unavailable', `the alert queue did not take ${failed.length} messages`);
      const ids = new Set(failed.map(({ Id }) => Id));
      open = open.filter(({ Id }) => ids.has(Id));
    }
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}

function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.MessageBody);
    const last = batches.at(-1);
    if (last === undefined || last.length === MAX_BATCH_ENTRIES || bytes + size > MAX_BATCH_BYTES) {
      batches.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return batches;
}
