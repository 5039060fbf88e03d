// What one wake-up does with one group. The router's own step decides; before anything is sent the decision is written
// (head, timer and outbox in one transaction), so that whoever comes after a crash sends the same under the same key.
// Of two at once only one can write, so only one sends.
import type { NotificationResult, NotificationSender } from '../../model/notification.ts';
import { integrationName, logKey } from '../groups/flush.ts';
import type { Group } from '../groups/group.ts';
import type { LogEntry } from '../groups/notification-log.ts';
import { type DeliveryOutcome, retryDelayMs } from '../groups/retry.ts';
import { step } from '../groups/router.ts';
import type { RouterEffect, RouterEvent, RouterState } from '../groups/router-state.ts';
import { isSource } from '../muting/inhibition.ts';
import type {
  AlertingStores,
  GroupHead,
  OutboxEntry,
  PendingDelivery,
  StoredGroup,
  StoredLogEntry,
} from '../ports.ts';
import { headOf, leavingOf, outboxOf } from './group-session.ts';
import { notificationContent } from './notification-content.ts';

/**
 * How long whoever sends has the group for itself. Longer than the function may run: a second one that sends meanwhile
 * sends twice.
 */
export const LEASE_MS = 90_000;

export interface SessionPorts {
  readonly rules: RouterState;
  readonly stores: Pick<AlertingStores, 'groups' | 'log'>;
  readonly sender: NotificationSender;
  /** Address of the `api` function, without a slash at its end. */
  readonly externalUrl: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Is told of each attempt to deliver, for counters and logs. */
  readonly onAttempt: (attempt: Attempt) => void;
}

export interface Attempt {
  readonly receiver: string;
  readonly integration: string;
  readonly result: NotificationResult;
}

/** What it came to: `waits` for a retry, or `lost` to another one that was faster. */
export type SessionOutcome = 'flushed' | 'waits' | 'lost';

type SendEffect = Extract<RouterEffect, { kind: 'send' }>;

const OUTCOMES: Readonly<Record<NotificationResult['kind'], DeliveryOutcome>> = {
  delivered: 'delivered',
  retry: 'retry',
  refused: 'failed',
};

export class FlushSession {
  private readonly ports: SessionPorts;
  private readonly state: RouterState;
  private readonly group: Group;
  private readonly told: ReadonlyMap<string, StoredLogEntry>;
  private readonly written: Map<string, LogEntry>;
  private readonly deliveries = new Map<
    string,
    { key: string; reference: Readonly<Record<string, string>> }
  >();
  private readonly next = new Map<number, Pick<PendingDelivery, 'retryAt' | 'inDoubt'>>();
  private rows: StoredGroup['alerts'];
  private head: GroupHead;
  private outbox: readonly OutboxEntry[];
  private flush: { readonly number: number; readonly begunAt: number } | undefined;

  /** @param told what each integration was told last, by its name */
  constructor(
    ports: SessionPorts,
    stored: StoredGroup,
    { state, group }: { readonly state: RouterState; readonly group: Group },
    told: ReadonlyMap<string, StoredLogEntry>,
  ) {
    this.ports = ports;
    this.state = state;
    this.group = group;
    this.told = told;
    this.written = new Map(state.log);
    this.rows = stored.alerts;
    this.head = stored.head;
    this.outbox = stored.outbox;
    this.flush = stored.head.flush;
  }

  /** @throws what the stores throw; the group's timer then rings again */
  async run(): Promise<SessionOutcome> {
    let effects = this.resume();
    for (;;) {
      const sends = effects.filter((effect) => effect.kind === 'send');
      if (sends.length === 0) return this.finish();
      if (!(await this.claim())) return 'lost';
      await this.writeLog();
      effects = await this.sendAll(sends);
    }
  }

  /** The tick, or what a flush left for now. */
  private resume(): RouterEffect[] {
    const { flush, nextFlushAt } = this.head;
    const now = this.ports.now();
    if (this.group.flush === undefined || flush === undefined) {
      if (now < nextFlushAt) return [];
      return this.step({ kind: 'groupDue', group: this.group.id, at: nextFlushAt });
    }
    return flush.pending.flatMap(({ place, retryAt, inDoubt }) => {
      const event = { group: this.group.id, flush: flush.number, integration: place };
      const entry = this.entry(place);
      if (entry !== undefined && this.told.get(entry.integration)?.idempotencyKey === entry.idempotencyKey) {
        return this.confirm(entry);
      }
      // What may have been told is told again, however late: only so is its end told as well.
      if (now >= flush.deadlineAt && !inDoubt) return this.step({ kind: 'deadline', ...event });
      if (now >= retryAt) return this.step({ kind: 'retryDue', ...event });
      this.next.set(place, { retryAt, inDoubt });
      return [];
    });
  }

  /** It was delivered by one that did not live to write so. */
  private confirm({ place, flush, integration }: OutboxEntry): RouterEffect[] {
    const effects = this.step({
      kind: 'answered',
      group: this.group.id,
      flush,
      integration: place,
      outcome: 'delivered',
    });
    const key = this.keyOf(integration);
    const before = this.told.get(integration);
    if (key !== undefined && before !== undefined) {
      this.state.log.set(key, before);
      this.written.set(key, before);
    }
    // A flush that has begun in this step reckoned with a telling of just now.
    if (this.flush !== this.head.flush) this.outbox = this.outboxNow();
    return effects;
  }

  private step(event: RouterEvent): RouterEffect[] {
    const now = this.ports.now();
    const { effects } = step(this.state, event, now);
    const { flush } = this.group;
    if (flush !== undefined && flush.number !== this.flush?.number) {
      this.flush = { number: flush.number, begunAt: now };
      this.next.clear();
      this.outbox = this.outboxNow();
    }
    for (const effect of effects) {
      if (effect.kind === 'wake' && effect.event.kind !== 'groupDue') {
        this.next.set(effect.event.integration, { retryAt: effect.at, inDoubt: false });
      }
    }
    return effects;
  }

  /** Writes that we send, and what. False if another one was faster. */
  private async claim(): Promise<boolean> {
    const until = this.ports.now() + LEASE_MS;
    const after = this.headAfter((place) => this.next.get(place) ?? { retryAt: until, inDoubt: true });
    // Only sweep-timers looks for it: it is due only if we do not live to write how it went.
    return this.save({ ...after, dueAt: until }, false);
  }

  private async finish(): Promise<SessionOutcome> {
    await this.writeLog();
    if (!this.state.groups.has(this.group.id)) {
      if (await this.save(undefined, false)) return 'flushed';
      // An alert has joined meanwhile: the group lives on, and its ticks count on.
    }
    const after = this.headAfter((place) => this.next.get(place)!);
    if (!(await this.save(after, true))) return 'lost';
    return after.flush === undefined ? 'flushed' : 'waits';
  }

  private headAfter(next: Parameters<typeof headOf>[3]): GroupHead {
    const { group, state } = this;
    return headOf(this.head, { group, flushes: state.flushes }, this.flush?.begunAt ?? 0, next);
  }

  private async save(after: GroupHead | undefined, announce: boolean): Promise<boolean> {
    const group = this.state.groups.get(this.group.id);
    const leaving = leavingOf(this.rows, group);
    const known = this.head.flush?.number === after?.flush?.number;
    const outbox = after?.flush === undefined || known ? [] : this.outbox;
    const result = await this.ports.stores.groups.save({
      before: this.head,
      after,
      outbox,
      leaving,
      announce,
    });
    if (result === 'conflict') return false;
    if (after !== undefined) this.head = { ...after, joins: this.head.joins };
    const gone = new Set(leaving.map(({ fingerprint }) => fingerprint));
    this.rows = this.rows.filter(({ fingerprint }) => !gone.has(fingerprint));
    return true;
  }

  private async sendAll(sends: readonly SendEffect[]): Promise<RouterEffect[]> {
    // All are waited for, whatever becomes of one.
    const results = await Promise.allSettled(sends.map((send) => this.attempt(send)));
    return results.flatMap((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  private async attempt({ integration: place, flush, notification }: SendEffect): Promise<RouterEffect[]> {
    const { integration, receiver } = notification;
    const name = integrationName(integration);
    const entry = this.entry(place)!;
    const content = notificationContent(
      entry,
      this.head,
      this.ports.externalUrl,
      this.state.priorityScore
        ? { inhibits: (labels) => isSource(this.state.inhibition, labels) }
        : undefined,
    );
    const previous = this.told.get(name)?.reference;
    const result = await this.send(integration, content, {
      idempotencyKey: entry.idempotencyKey,
      ...(previous !== undefined && { previous }),
      now: this.ports.now(),
      isLast: (afterMs) => this.isLast(place, afterMs),
    });
    this.ports.onAttempt({ receiver, integration: name, result });
    if (result.kind === 'delivered') {
      const reference = { ...previous, ...result.reference };
      this.deliveries.set(this.logKey(integration), { key: entry.idempotencyKey, reference });
    }
    const effects = this.step({
      kind: 'answered',
      group: this.group.id,
      flush,
      integration: place,
      outcome: OUTCOMES[result.kind],
      afterMs: result.kind === 'retry' ? result.afterMs : undefined,
    });
    await this.writeLog();
    return effects;
  }

  /** Whether no attempt would follow within this flush. */
  private isLast(place: number, afterMs = 0): boolean {
    const { flush } = this.group;
    const delivery = flush?.pending.get(place);
    if (flush === undefined || delivery === undefined) return true;
    const waitMs = Math.max(retryDelayMs(delivery.attempts + 1), afterMs);
    return this.ports.now() + waitMs >= flush.deadlineAt;
  }

  /** A sender that throws has a fault of its own; the notification is not lost for it. */
  private async send(
    { kind, fields }: { readonly kind: string; readonly fields: Readonly<Record<string, unknown>> },
    ...[content, context]: [
      Parameters<NotificationSender['send']>[1],
      Parameters<NotificationSender['send']>[2],
    ]
  ): Promise<NotificationResult> {
    try {
      return await this.ports.sender.send({ kind, fields }, content, context);
    } catch (error) {
      return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Writes what the router noted and the table does not know yet. */
  private async writeLog(): Promise<void> {
    for (const integration of this.integrations()) {
      const key = this.logKey(integration);
      const entry = this.state.log.get(key);
      if (entry === undefined || this.written.get(key) === entry) continue;
      this.written.set(key, entry);
      const name = integrationName(integration);
      const delivery = this.deliveries.get(key);
      await this.ports.stores.log.put(this.head.key, this.group.route.receiver, name, {
        ...entry,
        idempotencyKey: delivery?.key ?? '',
        reference: delivery?.reference ?? this.told.get(name)?.reference ?? {},
      });
    }
  }

  private entry(place: number): OutboxEntry | undefined {
    return this.outbox.find((one) => one.place === place && one.flush === this.flush?.number);
  }

  private outboxNow(): OutboxEntry[] {
    return outboxOf(this.group, (name) => this.state.log.get(this.keyOf(name) ?? '')?.at || undefined);
  }

  private keyOf(name: string): string | undefined {
    const integration = this.integrations().find((one) => integrationName(one) === name);
    return integration && this.logKey(integration);
  }

  private integrations() {
    return this.state.receivers.get(this.group.route.receiver)?.integrations ?? [];
  }

  private logKey(integration: Parameters<typeof logKey>[2]): string {
    return logKey(this.head.key, this.group.route.receiver, integration);
  }
}
