// What one integration is to be told → the words that every channel writes from.
import type { NotificationContent, NotificationLinks, NotifiedAlert } from '../../model/notification.ts';
import type { LabelSet } from '../matchers/matcher.ts';
import type { GroupHead, OutboxEntry } from '../ports.ts';
import { mostUrgent } from '../priority.ts';
import { priorityScore, type ScoreRules } from '../priority-score.ts';

/** Annotations that hold an address, by the link they become; the first that is there counts. */
const LINK_ANNOTATIONS: Readonly<
  Record<'runbook' | 'dashboard' | 'trace' | 'logs' | 'incident', readonly string[]>
> = {
  runbook: ['runbook_url', 'runbook'],
  dashboard: ['dashboard_url', 'dashboard'],
  trace: ['trace_url'],
  logs: ['logs_url'],
  incident: ['incident_url'],
};
const ADDRESS = /^https?:\/\/\S+$/;

/**
 * @param externalUrl address of the `api` function, without a slash at its end
 * @param scored how the score is reckoned; undefined for none
 */
export function notificationContent(
  entry: OutboxEntry,
  head: Pick<GroupHead, 'key' | 'labels'>,
  externalUrl: string,
  scored?: ScoreRules,
): NotificationContent {
  const alerts = entry.alerts.map(
    ({ alert, status }): NotifiedAlert => ({
      fingerprint: alert.fingerprint,
      labels: alert.labels,
      annotations: alert.annotations,
      status,
      startsAt: alert.startsAt,
      endsAt: alert.endsAt,
      generatorUrl: alert.generatorUrl,
    }),
  );
  const firing = alerts.filter(({ status }) => status === 'firing');
  const decisive = (firing.length > 0 ? firing : alerts).map(({ labels }) => labels);
  const commonAnnotations = inCommon(alerts.map(({ annotations }) => annotations));
  return {
    receiver: entry.receiver,
    groupKey: head.key,
    groupLabels: head.labels,
    commonLabels: inCommon(alerts.map(({ labels }) => labels)),
    commonAnnotations,
    status: entry.status,
    priority: mostUrgent(decisive),
    ...(scored !== undefined && { score: priorityScore(decisive, scored) }),
    alerts,
    links: linksOf([commonAnnotations, ...alerts.map(({ annotations }) => annotations)]),
    externalUrl,
    remarks: remarksOf(entry),
  };
}

function remarksOf({ reason, flapping = [] }: OutboxEntry): string[] {
  const remarks: string[] = [];
  if (reason === 'repeatDue') remarks.push('Still firing: this is a reminder, nothing has changed.');
  if (reason === 'steady') remarks.push('Steady: what flapped fires, and has not changed for a while.');
  if (flapping.length > 0) {
    const what = flapping.length === 1 ? 'One alert flaps' : `${flapping.length} alerts flap`;
    remarks.push(`${what}: fired and ended again and again. What comes of it is told when it is steady.`);
  }
  return remarks;
}

/** What all label sets have with the same value. */
export function inCommon(sets: readonly LabelSet[]): LabelSet {
  const [first, ...rest] = sets;
  if (first === undefined) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      rest.every((set) => Object.hasOwn(set, name) && set[name] === value),
    ),
  );
}

/** The first address there is for each link; what is no address is no link. */
function linksOf(annotations: readonly LabelSet[]): NotificationLinks {
  const links: Record<string, string> = {};
  for (const [link, names] of Object.entries(LINK_ANNOTATIONS)) {
    for (const name of names) {
      const found = annotations.find((set) => Object.hasOwn(set, name) && ADDRESS.test(set[name]!));
      if (found === undefined) continue;
      links[link] = found[name]!;
      break;
    }
  }
  return links;
}
