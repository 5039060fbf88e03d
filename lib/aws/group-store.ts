// Groups of alerts in the state table: a small head, a row for each alert, and what is to be told in the outbox. Head,
// timer and outbox change in one transaction; the rows of alerts never do, however many there are.
import { randomUUID } from 'node:crypto';
import {
  type GroupChange,
  type GroupHead,
  type GroupJoin,
  type GroupStore,
  groupWakeUp,
  type OutboxEntry,
  type StoredGroup,
} from '../alerting/ports.ts';
import { RetryableError } from '../model/errors.ts';
import type { OutboxBodies } from './outbox-bodies.ts';
import { groupAlertRow, groupHeadRow, outboxRow } from './state-keys.ts';
import { bodyOf, type Item, keyOf, type StateRows } from './state-rows.ts';
import { type DynamoTimers, keyOfDue } from './timers.ts';

type AlertRecord = StoredGroup['alerts'][number];

/** A group that nothing looked at for so long after it was due is gone. */
const HEAD_KEPT_MS = 7 * 86_400_000;
/** An alert may wait in its group for a receiver that is down. */
const ALERT_KEPT_MS = 7 * 86_400_000;
const OUTBOX_KEPT_MS = 86_400_000;
/** Times that making a group and joining it may cross those of others. */
const MAX_ROUNDS = 4;

export class DynamoGroupStore implements GroupStore {
  private readonly rows: StateRows;
  private readonly timers: DynamoTimers;
  private readonly bodies: OutboxBodies;

  constructor(rows: StateRows, timers: DynamoTimers, bodies: OutboxBodies) {
    this.rows = rows;
    this.timers = timers;
    this.bodies = bodies;
  }

  async join({ head, alerts }: GroupJoin): Promise<void> {
    // The alerts first: whoever ends the group after this sees them, or sees that the joins have moved on.
    await this.rows.put(alerts.map((alert) => this.alertItem(head.ref, alert)));
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (await this.countJoin(head.ref)) return;
      if (await this.create(head)) return;
    }
    throw new RetryableError('conflict', `group ${head.ref} comes and goes`);
  }

  async load(ref: string): Promise<StoredGroup | undefined> {
    // The head first, see join().
    const item = await this.rows.get(groupHeadRow(ref));
    if (item === undefined) return undefined;
    const head = headOf(item);
    const [alerts, outbox] = await Promise.all([
      this.rows.query(item.pk.S, 'begins_with(sk, :alert)', { ':alert': 'alert#' }),
      head.flush === undefined ? [] : this.rows.query(outboxRow(ref, 0).pk),
    ]);
    return {
      head,
      alerts: alerts.map((row) => bodyOf<AlertRecord>(row)),
      outbox: await this.bodies.load<OutboxEntry>(outbox),
    };
  }

  async save(change: GroupChange): Promise<'saved' | 'conflict'> {
    const { before, after, leaving, announce } = change;
    const { ref } = before;
    await this.rows.each(leaving, ({ fingerprint, revision }) =>
      this.rows.conditionally('DeleteItem', {
        Key: keyOf(groupAlertRow(ref, fingerprint)),
        ConditionExpression: 'revision = :seen',
        ExpressionAttributeValues: { ':seen': number(revision) },
      }),
    );
    const wakeUp = after && groupWakeUp(after);
    const writes = [
      after === undefined ? this.headGoes(before) : this.headChanges(before, after),
      { Delete: { Key: keyOf(keyOfDue(groupWakeUp(before))) } },
      ...(wakeUp === undefined ? [] : [{ Put: { Item: this.timers.row(wakeUp, announce) } }]),
      ...(await this.outboxPuts(change)),
    ];
    if (!(await this.rows.transact(writes, randomUUID()))) return 'conflict';
    if (wakeUp !== undefined && announce) await this.timers.announceSoon(wakeUp);
    return 'saved';
  }

  private countJoin(ref: string): Promise<boolean> {
    return this.rows.conditionally('UpdateItem', {
      Key: keyOf(groupHeadRow(ref)),
      UpdateExpression: 'ADD joins :one',
      ConditionExpression: 'attribute_exists(pk) AND expiresAt > :now',
      ExpressionAttributeValues: { ':one': number(1), ':now': number(Math.floor(this.rows.now() / 1_000)) },
    });
  }

  private async create(head: GroupHead): Promise<boolean> {
    const wakeUp = groupWakeUp(head);
    const created = await this.rows.transact(
      [
        {
          Put: {
            Item: this.headItem(head),
            ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': number(Math.floor(this.rows.now() / 1_000)) },
          },
        },
        { Put: { Item: this.timers.row(wakeUp, true) } },
      ],
      randomUUID(),
    );
    if (created) await this.timers.announceSoon(wakeUp);
    return created;
  }

  /** An update, so that joins that are counted meanwhile stay counted. */
  private headChanges(before: GroupHead, after: GroupHead) {
    const { body, expiresAt } = this.headItem(after);
    return {
      Update: {
        Key: keyOf(groupHeadRow(before.ref)),
        UpdateExpression: 'SET body = :body, version = :after, expiresAt = :expires',
        ConditionExpression: 'version = :before',
        ExpressionAttributeValues: {
          ':body': body,
          ':after': number(after.version),
          ':before': number(before.version),
          ':expires': expiresAt,
        },
      },
    };
  }

  private headGoes(before: GroupHead) {
    return {
      Delete: {
        Key: keyOf(groupHeadRow(before.ref)),
        ConditionExpression: 'version = :before AND joins = :joins',
        ExpressionAttributeValues: { ':before': number(before.version), ':joins': number(before.joins) },
      },
    };
  }

  private async outboxPuts({ before: { ref }, outbox }: GroupChange) {
    const stored = await this.bodies.save(outbox, (entry) => `${ref}/${entry.idempotencyKey}`);
    return outbox.map(({ place }, i) => ({
      Put: {
        Item: this.rows.item(outboxRow(ref, place), stored[i], this.rows.now() + OUTBOX_KEPT_MS),
      },
    }));
  }

  private headItem({ version, joins, ...body }: GroupHead): Item {
    const numbers = { version: number(version), joins: number(joins) };
    return this.rows.item(groupHeadRow(body.ref), body, body.dueAt + HEAD_KEPT_MS, numbers);
  }

  private alertItem(ref: string, alert: AlertRecord): Item {
    const revision = number(alert.revision);
    return this.rows.item(groupAlertRow(ref, alert.fingerprint), alert, alert.endsAt + ALERT_KEPT_MS, {
      revision,
    });
  }
}

function headOf(item: Item): GroupHead {
  const { version, joins } = item as unknown as Record<'version' | 'joins', { readonly N: string }>;
  const body = bodyOf<Omit<GroupHead, 'version' | 'joins' | 'flush'> & Partial<Pick<GroupHead, 'flush'>>>(
    item,
  );
  return { ...body, flush: body.flush, version: Number(version.N), joins: Number(joins.N) };
}

function number(value: number): { N: string } {
  return { N: String(value) };
}
