// A wake-up in, pages out: takes the incident a step further when its time has come, claims what is to be sent, looks
// once more that nobody acknowledged, sends, and writes down what receivers answered.
import { RetryableError } from '../model/errors.ts';
import type { NotificationResult } from '../model/notification.ts';
import type { WakeUp } from '../model/wake-up.ts';
import { acknowledgeUrl } from './acknowledge/link.ts';
import { IncidentDesk } from './desk.ts';
import { claimDue, isStillClaimed } from './incident/claim.ts';
import { pageContent } from './incident/content.ts';
import { type Incident, nextWakeAt, type Page, type TimelineEntry } from './incident/incident.ts';
import { type IncidentEvent, step } from './incident/step.ts';
import { flushPager } from './paging/flush.ts';
import { mayPage } from './paging/may-page.ts';
import type { EscalationPorts } from './ports.ts';

/** What came of a wake-up; counted. */
export type WakeOutcome = 'stale' | 'early' | 'orphan' | 'idle' | 'sent';

export interface Escalated {
  readonly outcome: WakeOutcome;
  /** Of what was sent: `delivered`, `retry` or `refused`, for each page. */
  readonly results: readonly NotificationResult['kind'][];
  /** Written into the timeline. */
  readonly entries: readonly TimelineEntry[];
}

/** A timer is set just before its row is written; it may come back faster than that. */
const WRITE_WAIT_MS = 200;
const WRITE_WAITS = 10;
/** After which those that stand in for a contact are told: a quarter of a minute of retries. */
const ATTEMPTS_BEFORE_OTHERS = 3;
/** After which a page goes without its link, when the secret that signs links cannot be read. */
const ATTEMPTS_WITH_LINK = 3;
/** After which a row that a timer was set for was never written. */
const ORPHAN_MS = 10 * 60_000;

/**
 * Handles one wake-up. May be called twice with the same one, late or early.
 * @param now epoch milliseconds, read again for each call
 * @throws RetryableError when the wake-up must come again
 */
export async function escalate(
  wakeUp: WakeUp,
  ports: EscalationPorts,
  now: () => number,
): Promise<Escalated> {
  return wakeUp.kind === 'reminder' ? flushPager(wakeUp, ports, now) : wakeIncident(wakeUp, ports, now);
}

async function wakeIncident(wakeUp: WakeUp, ports: EscalationPorts, now: () => number): Promise<Escalated> {
  const { timers } = ports;
  const incident = await written(wakeUp, ports);
  if (incident === undefined) {
    if (now() - wakeUp.dueAt < ORPHAN_MS) {
      throw new RetryableError('conflict', `incident ${wakeUp.id} is not written yet`);
    }
    await timers.done(wakeUp);
    return { outcome: 'orphan', results: [], entries: [] };
  }
  if (incident.version > wakeUp.generation) {
    await timers.done(wakeUp);
    return { outcome: 'stale', results: [], entries: [] };
  }
  const due = nextWakeAt(incident);
  if (due === undefined || due > now()) {
    if (due !== undefined) await timers.schedule({ ...wakeUp, dueAt: due });
    if (due !== wakeUp.dueAt) await timers.done(wakeUp);
    return { outcome: due === undefined ? 'idle' : 'early', results: [], entries: [] };
  }
  const desk = new IncidentDesk(ports);
  const { claimed, after, entries } = await takeFurther(incident.id, desk, now());
  const sent = after === undefined ? NOTHING : await sendAll(after, claimed, ports, desk, now);
  await timers.done(wakeUp);
  return {
    outcome: claimed.length > 0 ? 'sent' : 'idle',
    results: sent.results,
    entries: [...entries, ...sent.entries],
  };
}

/** The incident, once it is as the wake-up knows it. */
async function written(wakeUp: WakeUp, ports: EscalationPorts): Promise<Incident | undefined> {
  for (let wait = 0; ; wait += 1) {
    const incident = await ports.incidents.read(wakeUp.id);
    if (incident !== undefined && incident.version >= wakeUp.generation) return incident;
    if (wait === WRITE_WAITS) return undefined;
    await ports.sleep(WRITE_WAIT_MS);
  }
}

/** The step whose time has come and the claim of what is to be sent, in one write. */
async function takeFurther(id: string, desk: IncidentDesk, now: number) {
  let claimed: readonly Page[] = [];
  let entries: readonly TimelineEntry[] = [];
  const change = await desk.change(id, now, (incident, rules) => {
    const stepped = step(incident, { kind: 'timer' }, rules, now);
    const claim = claimDue(stepped.incident, now);
    claimed = claim.claimed;
    entries = stepped.entries;
    return { incident: claim.incident, entries };
  });
  return { claimed, entries, after: change?.after };
}

const NOTHING = { results: [], entries: [] } as const;

/** Each page on its own: one that is slow or fails keeps no other. */
async function sendAll(
  incident: Incident,
  claimed: readonly Page[],
  ports: EscalationPorts,
  desk: IncidentDesk,
  now: () => number,
): Promise<Pick<Escalated, 'results' | 'entries'>> {
  const events = await Promise.all(
    claimed.map((page) => sendPage(incident, page, ports, now).catch((error) => notSent(page, error))),
  );
  const told = events.filter((event) => event !== undefined);
  if (told.length === 0) return NOTHING;
  let entries: readonly TimelineEntry[] = [];
  await desk.change(incident.id, now(), (current, rules) => {
    let next = current;
    entries = told.flatMap((event) => {
      const outcome = step(next, event, rules, now());
      next = outcome.incident;
      return outcome.entries;
    });
    return { incident: next, entries };
  });
  const results = told.flatMap((event) => (event.kind === 'answer' ? [event.result.kind] : []));
  return { results, entries };
}

/** What went wrong before the page could be sent may go right the next time. */
function notSent({ key }: Page, error: unknown): IncidentEvent {
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'answer', pageKey: key, result: { kind: 'retry', reason } };
}

/** @returns what the incident is to be told; undefined when the page was not sent because it is no longer wanted */
async function sendPage(
  incident: Incident,
  page: Page,
  ports: EscalationPorts,
  now: () => number,
): Promise<IncidentEvent | undefined> {
  if ((await mayPage(incident, page, ports, now())) === 'bundled') {
    return { kind: 'bundled', pageKey: page.key };
  }
  const link = await linkFor(incident, page, ports, now()).catch((error) => {
    // A page without its link is better than none.
    if (page.attempts < ATTEMPTS_WITH_LINK) throw error;
    return undefined;
  });
  const content = pageContent(incident, page, link, ports.apiUrl);
  const fresh = await ports.incidents.read(incident.id);
  if (fresh === undefined || !isStillClaimed(fresh, page)) return undefined;
  const act = page.purpose === 'acknowledging' ? 'acknowledge' : 'send';
  const result = await ports.sender[act](page.target, content, {
    idempotencyKey: page.key,
    ...(page.reference !== undefined && { previous: page.reference }),
    now: now(),
    isLast: () => page.attempts >= ATTEMPTS_BEFORE_OTHERS,
  });
  return { kind: 'answer', pageKey: page.key, result };
}

async function linkFor(
  { id, episode }: Incident,
  { purpose, step: place, recipient }: Page,
  ports: EscalationPorts,
  now: number,
): Promise<string | undefined> {
  if (purpose !== 'page') return undefined;
  const expiresAt = now + ports.settings.linkValidMs;
  const claim = { incident: id, episode, step: place, recipient, expiresAt };
  return acknowledgeUrl(ports.apiUrl, claim, await ports.linkSecret());
}
