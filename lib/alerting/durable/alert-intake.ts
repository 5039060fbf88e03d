// Alerts off the queue → rows: the router's own step decides on a small state of the alerts that are known, and what
// changed is written. The alert's own row comes last, so that a message that is handled again does all of it again.
import { type AlertRecord, completeAlert, type PostedAlert } from '../alerts/alert-record.ts';
import type { Group } from '../groups/group.ts';
import { findPlaces, step, withSameRules } from '../groups/router.ts';
import type { RouterState } from '../groups/router-state.ts';
import { isSource } from '../muting/inhibition.ts';
import type { AlertingStores, GroupJoin, StoredAlert } from '../ports.ts';
import { groupRef } from './digests.ts';

/** An alert as it lies on the queue; what the API was not told is left out. */
export interface QueuedAlert extends PostedAlert {
  readonly source?: string | undefined;
}

export interface IntakeResult {
  /** Alerts whose rows were written. */
  readonly written: number;
  /** Alerts that said nothing new, or that a later one of the same batch made old. */
  readonly unchanged: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

export interface IntakePorts {
  readonly stores: Pick<AlertingStores, 'alerts' | 'groups' | 'sources'>;
  /** Routes and rules; its state is not looked at. */
  readonly rules: RouterState;
  /** See BeyondSettings. */
  readonly rewriteBelow: number;
}

/** Groups that are written at a time. */
const PARALLEL_GROUPS = 16;

/** Routes alerts, in the order of the queue. @param now epoch milliseconds @throws what the stores throw */
export async function takeAlerts(
  { stores, rules, rewriteBelow }: IntakePorts,
  queued: readonly QueuedAlert[],
  now: number,
): Promise<IntakeResult> {
  const sources = sourcesOf(queued, rules, now);
  const known = await stores.alerts.load([...sources.keys()]);
  const { changed, joins, rejected } = decide(rules, queued, { known, rewriteBelow, sources }, now);
  const alerts = changed.map(({ alert }) => alert);
  await stores.sources.save(alerts.filter(({ labels }) => isSource(rules.inhibition, labels)));
  for (let from = 0; from < joins.length; from += PARALLEL_GROUPS) {
    await Promise.all(joins.slice(from, from + PARALLEL_GROUPS).map((join) => stores.groups.join(join)));
  }
  await stores.alerts.save(changed);
  const unchanged = queued.length - rejected.length - changed.length;
  return { written: changed.length, unchanged, rejected };
}

/** What is to be written, without writing it. */
export function decide(
  rules: RouterState,
  queued: readonly QueuedAlert[],
  before: {
    readonly known: ReadonlyMap<string, StoredAlert>;
    readonly rewriteBelow: number;
    /** Who sent each, by fingerprint; found anew if it is left out. */
    readonly sources?: ReadonlyMap<string, string>;
  },
  now: number,
): { changed: StoredAlert[]; joins: GroupJoin[]; rejected: { index: number; reason: string }[] } {
  const state = withSameRules(rules);
  for (const [id, { alert }] of before.known) {
    state.alerts.set(id, { alert, places: findPlaces(state.root, alert.labels) });
    state.revision = Math.max(state.revision, alert.revision);
  }
  const { effects } = step(state, { kind: 'alerts', alerts: queued }, now);
  const changed: StoredAlert[] = [];
  for (const [id, source] of before.sources ?? sourcesOf(queued, rules, now)) {
    const after = state.alerts.get(id)?.alert;
    if (after === undefined || isOldNews(before.known.get(id), after, now, before.rewriteBelow)) continue;
    changed.push({ alert: after, source, writtenAt: now });
  }
  const news = new Set(changed.map(({ alert }) => alert.fingerprint));
  return {
    changed,
    joins: [...state.groups.values()].flatMap((group) => joinOf(group, news) ?? []),
    rejected: effects.flatMap((effect) =>
      effect.kind === 'rejected' ? [{ index: effect.index, reason: effect.reason }] : [],
    ),
  };
}

/** Who sent each alert, by fingerprint; those that will be refused are left out. */
function sourcesOf(
  queued: readonly QueuedAlert[],
  { resolveTimeoutMs }: RouterState,
  now: number,
): Map<string, string> {
  const sources = new Map<string, string>();
  for (const posted of queued) {
    const alert = completeAlert(posted, now, resolveTimeoutMs, 0);
    if (typeof alert !== 'string') sources.set(alert.fingerprint, posted.source ?? 'api');
  }
  return sources;
}

/** Whether a row need not be written again: nothing changed, and the end is far enough away. */
function isOldNews(
  known: StoredAlert | undefined,
  after: AlertRecord,
  now: number,
  rewriteBelow: number,
): boolean {
  if (known === undefined) return false;
  const { alert: before, writtenAt } = known;
  const same =
    before.startsAt === after.startsAt &&
    before.generatorUrl === after.generatorUrl &&
    sameTexts(before.annotations, after.annotations);
  if (!same) return false;
  if (before.endsAt === after.endsAt) return true;
  // An end that comes nearer, or an alert that fires again, is news.
  if (after.endsAt < before.endsAt || before.endsAt <= now || rewriteBelow >= 1) return false;
  return before.endsAt - now >= rewriteBelow * (before.endsAt - writtenAt);
}

function sameTexts(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}

function joinOf(group: Group, news: ReadonlySet<string>): GroupJoin | undefined {
  const alerts = [...group.alerts.values()].filter(({ fingerprint }) => news.has(fingerprint));
  if (alerts.length === 0) return undefined;
  const { id, key, route, labels, nextFlushAt } = group;
  return {
    alerts,
    head: {
      ref: groupRef(id),
      id,
      key,
      routeId: route.id,
      labels,
      version: 1,
      joins: 0,
      nextFlushAt,
      dueAt: nextFlushAt,
      flushes: 0,
      flush: undefined,
    },
  };
}
