// One group out of its rows: a small router state of this group alone, and its way back into rows. The rules are those
// of lib/alerting/groups; nothing is decided here.
import type { AlertRecord } from '../alerts/alert-record.ts';
import { integrationName, logKey } from '../groups/flush.ts';
import type { Delivery, Group } from '../groups/group.ts';
import { withSameRules } from '../groups/router.ts';
import type { RouterState } from '../groups/router-state.ts';
import { rememberSource } from '../muting/inhibition.ts';
import { addSilence } from '../muting/silence.ts';
import { readableSilences } from '../muting/silence-record.ts';
import type {
  GroupHead,
  OutboxEntry,
  PendingDelivery,
  RowRevision,
  SilenceRecord,
  StoredGroup,
  StoredLogEntry,
} from '../ports.ts';
import type { Route } from '../routing/route.ts';
import { deliveryKey } from './digests.ts';

export interface GroupContext {
  readonly log: ReadonlyMap<string, StoredLogEntry>;
  readonly silences: readonly SilenceRecord[];
  readonly sources: readonly AlertRecord[];
}

/** A state with this group, what its receiver was told, and what may mute it. */
export function stateOfGroup(
  rules: RouterState,
  { head, alerts, outbox }: StoredGroup,
  route: Route,
  { log, silences, sources }: GroupContext,
): { state: RouterState; group: Group } {
  const state = withSameRules(rules);
  for (const silence of readableSilences(silences)) addSilence(state.silences, silence);
  for (const source of sources) rememberSource(state.inhibition, source);
  const integrations = rules.receivers.get(route.receiver)?.integrations ?? [];
  for (const integration of integrations) {
    const entry = log.get(integrationName(integration));
    if (entry !== undefined) state.log.set(logKey(head.key, route.receiver, integration), entry);
  }
  state.flushes = head.flushes;
  const group: Group = {
    id: head.id,
    key: head.key,
    route,
    labels: head.labels,
    alerts: new Map(alerts.map((alert) => [alert.fingerprint, alert])),
    nextFlushAt: head.nextFlushAt,
    flush: undefined,
  };
  if (head.flush !== undefined) {
    const pending = new Map<number, Delivery>();
    for (const { place, attempts } of head.flush.pending) {
      const entry = outbox.find((one) => one.place === place && one.flush === head.flush?.number);
      const integration = integrations[place];
      // A receiver that the configuration no longer has is told nothing more.
      if (entry === undefined || integration === undefined) continue;
      if (integrationName(integration) !== entry.integration || entry.receiver !== route.receiver) continue;
      pending.set(place, deliveryOf(entry, head, integration, attempts));
    }
    // Without anything to send it is over, and the next tick says what there is to say.
    if (pending.size > 0) {
      group.flush = {
        number: head.flush.number,
        deadlineAt: head.flush.deadlineAt,
        leaving: outbox[0]?.leaving ?? [],
        pending,
        failed: head.flush.failed,
      };
    }
  }
  state.groups.set(group.id, group);
  return { state, group };
}

function deliveryOf(
  entry: OutboxEntry,
  head: GroupHead,
  integration: Delivery['notification']['integration'],
  attempts: number,
): Delivery {
  return {
    notification: {
      receiver: entry.receiver,
      integration,
      groupKey: head.key,
      groupLabels: head.labels,
      routeLabels: entry.routeLabels,
      reason: entry.reason,
      status: entry.status,
      alerts: entry.alerts,
    },
    firing: new Set(entry.firing),
    resolved: new Set(entry.resolved),
    flapping: new Set(entry.flapping ?? []),
    attempts,
  };
}

/** Entries for the deliveries of a flush that has just begun. @param toldAt when an integration was told last */
export function outboxOf(group: Group, toldAt: (integration: string) => number | undefined): OutboxEntry[] {
  const { flush } = group;
  if (flush === undefined) return [];
  return [...flush.pending].map(([place, { notification, firing, resolved, flapping }]): OutboxEntry => {
    const { receiver, reason, status, routeLabels, alerts } = notification;
    const integration = integrationName(notification.integration);
    return {
      place,
      flush: flush.number,
      idempotencyKey: deliveryKey({
        groupId: group.id,
        receiver,
        integration,
        toldAt: toldAt(integration),
        alerts,
      }),
      receiver,
      integration,
      reason,
      status,
      routeLabels,
      alerts,
      firing: [...firing],
      resolved: [...resolved],
      ...(flapping.size > 0 && { flapping: [...flapping] }),
      leaving: flush.leaving,
    };
  });
}

/** The head after a step; the state still has the group. @param begunAt when its flush began, if one goes on */
export function headOf(
  before: GroupHead,
  { group, flushes }: { readonly group: Group; readonly flushes: number },
  begunAt: number,
  next: (place: number) => Pick<PendingDelivery, 'retryAt' | 'inDoubt'>,
): GroupHead {
  const { nextFlushAt, flush } = group;
  const pending = [...(flush?.pending ?? [])].map(
    ([place, { attempts }]): PendingDelivery => ({ place, attempts, ...next(place) }),
  );
  return {
    ...before,
    version: before.version + 1,
    nextFlushAt,
    dueAt: flush === undefined ? nextFlushAt : Math.min(...pending.map((one) => one.retryAt)),
    flushes,
    flush: flush && {
      number: flush.number,
      begunAt,
      deadlineAt: flush.deadlineAt,
      failed: flush.failed,
      pending,
    },
  };
}

/** Rows that the step took out of the group. */
export function leavingOf(rows: readonly AlertRecord[], group: Group | undefined): RowRevision[] {
  return rows
    .filter(({ fingerprint }) => group === undefined || !group.alerts.has(fingerprint))
    .map(({ fingerprint, revision }) => ({ fingerprint, revision }));
}
