// Escalation as a state machine: what fires, what was acknowledged, what time it is and what receivers answered in; the
// incident as it is then and the lines of its timeline out. Knows no clock and sends nothing: pages that are to be sent
// are part of the incident, see claim.ts.
import type { NotificationContent, NotificationResult } from '../../model/notification.ts';
import { answered, levelOf, MAX_ATTEMPTS } from './answer.ts';
import { groupRef, keptContent, titleOf } from './content.ts';
import { beginStep, nextStep } from './escalation.ts';
import type { Incident, IncidentGroup, TimelineEntry } from './incident.ts';
import { isOpen, isWanted } from './incident.ts';
import { leftToSay, noticePages } from './notices.ts';
import type { EscalationRules } from './recipients.ts';

export type IncidentEvent =
  /** A group fires, or what it says has changed. @property key of the notification, so that it counts once */
  | { readonly kind: 'fires'; readonly content: NotificationContent; readonly key: string }
  | { readonly kind: 'groupResolves'; readonly groupKey: string; readonly key: string }
  /** @property by who, such as `alice by link` */
  | { readonly kind: 'acknowledge'; readonly by: string }
  | { readonly kind: 'resolve'; readonly by: string }
  | { readonly kind: 'timer' }
  | { readonly kind: 'answer'; readonly pageKey: string; readonly result: NotificationResult }
  /** The page waits to leave with others. */
  | { readonly kind: 'bundled'; readonly pageKey: string };

export interface Outcome {
  readonly incident: Incident;
  readonly entries: readonly TimelineEntry[];
}

/** Notifications that an incident remembers. */
const SEEN_KEPT = 100;
export const TIDEWATCH = 'tidewatch';

/**
 * The incident that a group opens by firing.
 * @param now epoch milliseconds
 */
export function openIncident(
  id: string,
  policy: string,
  content: NotificationContent,
  key: string,
  rules: EscalationRules,
  now: number,
): Outcome {
  const title = titleOf(content);
  const incident: Incident = {
    id,
    policy,
    title,
    priority: content.priority,
    status: 'triggered',
    version: 0,
    episode: 1,
    round: 0,
    step: 0,
    deadlineAt: undefined,
    groups: [{ key: groupRef(content.groupKey), title, firing: true }],
    seen: [key],
    openedAt: now,
    firedAt: now,
    firstToldAt: undefined,
    acknowledgedAt: undefined,
    acknowledgedBy: undefined,
    resolvedAt: undefined,
    resolvedBy: undefined,
    content: keptContent(content),
    pages: [],
    entries: 0,
  };
  const opened: TimelineEntry = { at: now, kind: 'opened', who: TIDEWATCH, text: `${title} fires` };
  return withEntries([opened], beginStep(incident, rules, now));
}

/** One step. An event that says nothing new gives the incident back as it is. @param now epoch milliseconds */
export function step(incident: Incident, event: IncidentEvent, rules: EscalationRules, now: number): Outcome {
  switch (event.kind) {
    case 'fires':
      return fires(incident, event.content, event.key, rules, now);
    case 'groupResolves':
      return groupResolves(incident, event.groupKey, event.key, now);
    case 'acknowledge':
      return acknowledge(incident, event.by, rules, now);
    case 'resolve':
      return incident.status === 'resolved' ? unchanged(incident) : resolve(incident, event.by, now);
    case 'timer':
      return timer(incident, rules, now);
    case 'answer':
      return answered(incident, event.pageKey, event.result, rules, now);
    case 'bundled':
      return bundled(incident, event.pageKey, now);
  }
}

function unchanged(incident: Incident): Outcome {
  return { incident, entries: [] };
}

function withEntries(before: readonly TimelineEntry[], { incident, entries }: Outcome): Outcome {
  return { incident, entries: [...before, ...entries] };
}

function remember(seen: readonly string[], key: string): readonly string[] {
  return [...seen, key].slice(-SEEN_KEPT);
}

function fires(
  incident: Incident,
  content: NotificationContent,
  key: string,
  rules: EscalationRules,
  now: number,
): Outcome {
  if (incident.seen.includes(key)) return unchanged(incident);
  const title = titleOf(content);
  const group: IncidentGroup = { key: groupRef(content.groupKey), title, firing: true };
  const known = incident.groups.some(({ key: other }) => other === group.key);
  const next: Incident = {
    ...incident,
    seen: remember(incident.seen, key),
    groups: known
      ? incident.groups.map((item) => (item.key === group.key ? group : item))
      : [...incident.groups, group],
    content: keptContent(content),
    priority: content.priority < incident.priority ? content.priority : incident.priority,
  };
  const joined: TimelineEntry[] = known
    ? []
    : [{ at: now, kind: 'joined', who: TIDEWATCH, text: `${title} joins the incident` }];
  if (incident.status !== 'resolved') return { incident: next, entries: joined };
  const reopened: Incident = {
    ...next,
    status: 'triggered',
    priority: content.priority,
    episode: incident.episode + 1,
    round: 0,
    step: 0,
    firedAt: now,
    firstToldAt: undefined,
    acknowledgedAt: undefined,
    acknowledgedBy: undefined,
    resolvedAt: undefined,
    resolvedBy: undefined,
    pages: leftToSay(incident),
  };
  const again: TimelineEntry = { at: now, kind: 'reopened', who: TIDEWATCH, text: `${title} fires again` };
  return withEntries([again, ...joined], beginStep(reopened, rules, now));
}

function groupResolves(incident: Incident, groupKey: string, key: string, now: number): Outcome {
  if (incident.seen.includes(key)) return unchanged(incident);
  const groups = incident.groups.map((group) =>
    group.key === groupRef(groupKey) ? { ...group, firing: false } : group,
  );
  const next: Incident = { ...incident, groups, seen: remember(incident.seen, key) };
  if (incident.status === 'resolved') return unchanged(next);
  const title = groups.find((group) => group.key === groupRef(groupKey))?.title ?? groupKey;
  const entry: TimelineEntry = { at: now, kind: 'groupResolved', who: TIDEWATCH, text: `${title} is over` };
  if (groups.some(({ firing }) => firing)) return { incident: next, entries: [entry] };
  return withEntries([entry], resolve(next, 'its alerts', now));
}

function acknowledge(incident: Incident, by: string, { settings }: EscalationRules, now: number): Outcome {
  if (incident.status !== 'triggered') return unchanged(incident);
  const since = now - (incident.firstToldAt ?? incident.firedAt);
  const targetMs = settings.acknowledgeTargetsMs[incident.priority];
  const late = since > targetMs ? `, ${seconds(since - targetMs)} later than aimed at` : '';
  return {
    incident: {
      ...incident,
      status: 'acknowledged',
      acknowledgedAt: now,
      acknowledgedBy: by,
      deadlineAt: undefined,
      pages: [...withdraw(incident), ...noticePages(incident, 'acknowledging', now)],
    },
    entries: [
      { at: now, kind: 'acknowledged', who: by, text: `acknowledged after ${seconds(since)}${late}` },
    ],
  };
}

function resolve(incident: Incident, by: string, now: number): Outcome {
  const resolved: Incident = {
    ...incident,
    status: 'resolved',
    resolvedAt: now,
    resolvedBy: by,
    deadlineAt: undefined,
    pages: [...withdraw(incident), ...noticePages(incident, 'closing', now)],
  };
  const text = `resolved after ${seconds(now - incident.firedAt)}`;
  return { incident: resolved, entries: [{ at: now, kind: 'resolved', who: by, text }] };
}

/** Pages that nobody has begun to send are not sent any more. */
function withdraw({ pages }: Incident): Incident['pages'] {
  return pages.map((page) =>
    page.state === 'waiting' && page.episode === undefined ? { ...page, state: 'withdrawn' } : page,
  );
}

function timer(incident: Incident, rules: EscalationRules, now: number): Outcome {
  // A sender that was lost: its page is tried again, unless it is no longer wanted.
  const pages = incident.pages.map((page) => {
    if (page.state !== 'claimed' || page.attemptAt > now) return page;
    if (page.attempts >= MAX_ATTEMPTS) return { ...page, state: 'refused' as const };
    return { ...page, state: isWanted(incident, page) ? ('waiting' as const) : ('withdrawn' as const) };
  });
  const changed = pages.some((page, place) => page !== incident.pages[place]);
  const next = changed ? { ...incident, pages } : incident;
  if (incident.deadlineAt === undefined || incident.deadlineAt > now) return unchanged(next);
  return nextStep(next, rules, now);
}

function bundled(incident: Incident, pageKey: string, now: number): Outcome {
  const page = incident.pages.find(({ key }) => key === pageKey);
  if (page === undefined || !isOpen(page)) return unchanged(incident);
  const text = `${page.recipient} has had enough pages this hour: this one leaves with others`;
  return {
    incident: {
      ...incident,
      pages: incident.pages.map((item) => (item === page ? { ...item, state: 'bundled' } : item)),
    },
    entries: [{ at: now, kind: 'bundled', who: TIDEWATCH, text, to: page.recipient, level: levelOf(page) }],
  };
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
