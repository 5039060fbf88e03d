// Sends a person what was held back, as one message: what was acknowledged or resolved meanwhile is left out.
import { RetryableError } from '../../model/errors.ts';
import type { NotificationContent, NotificationResult, Priority } from '../../model/notification.ts';
import type { WakeUp } from '../../model/wake-up.ts';
import { acknowledgeUrl } from '../acknowledge/link.ts';
import { contentFor, incidentGroupKey } from '../incident/content.ts';
import type { Incident } from '../incident/incident.ts';
import { isStateful } from '../incident/notices.ts';
import type { EscalationPorts } from '../ports.ts';
import { type Bundle, bundleSent, claimBundle, type HeldPage, pagerWakeAt } from './pager.ts';
import { changePager } from './pager-desk.ts';

interface Flushed {
  readonly outcome: 'stale' | 'early' | 'orphan' | 'idle' | 'sent';
  readonly results: readonly NotificationResult['kind'][];
  readonly entries: readonly [];
}

const ORPHAN_MS = 10 * 60_000;
const MAX_ALERTS = 20;

/** @throws RetryableError when the wake-up must come again */
export async function flushPager(
  wakeUp: WakeUp,
  ports: EscalationPorts,
  now: () => number,
): Promise<Flushed> {
  const { timers, pagers } = ports;
  const person = wakeUp.id;
  const pager = await pagers.read(person);
  if (pager === undefined || pager.version < wakeUp.generation) {
    if (now() - wakeUp.dueAt < ORPHAN_MS) {
      throw new RetryableError('conflict', `the pages held for ${person} are not written yet`);
    }
    await timers.done(wakeUp);
    return { outcome: 'orphan', results: [], entries: [] };
  }
  const due = pagerWakeAt(pager);
  if (pager.version > wakeUp.generation && (due === undefined || due > now())) {
    await timers.done(wakeUp);
    return { outcome: 'stale', results: [], entries: [] };
  }
  if (due === undefined || due > now()) {
    if (due !== undefined) await timers.schedule({ ...wakeUp, dueAt: due });
    if (due !== wakeUp.dueAt) await timers.done(wakeUp);
    return { outcome: due === undefined ? 'idle' : 'early', results: [], entries: [] };
  }
  let claimed: Bundle | undefined;
  await changePager(person, ports, (current) => {
    const claim = claimBundle(current, now());
    claimed = claim.claimed;
    return claim.pager;
  });
  if (claimed === undefined) {
    await timers.done(wakeUp);
    return { outcome: 'idle', results: [], entries: [] };
  }
  const { number } = claimed;
  const results = await sendBundle(person, claimed, ports, now);
  await changePager(person, ports, (current) => bundleSent(current, number, results, now()));
  await timers.done(wakeUp);
  return { outcome: 'sent', results: [...results.values()], entries: [] };
}

async function sendBundle(
  person: string,
  { number, pages, told }: Bundle,
  ports: EscalationPorts,
  now: () => number,
): Promise<ReadonlyMap<number, NotificationResult['kind']>> {
  const contacts = ports.settings.people[person]?.contacts ?? [];
  const secret = await ports.linkSecret();
  const open = await stillOpen(pages, ports);
  if (open.length === 0) return new Map();
  const content = bundleContent(person, number, open, ports, secret, now());
  const results = await Promise.all(
    contacts.map(async (target, place) => {
      if (told.includes(place)) return [];
      const idempotencyKey = `bundle.${person}.${number}.${place}`;
      // What keeps it open is closed with the first of the incidents, by whose key it is known there.
      const groupKey = isStateful(target) ? incidentGroupKey(open[0]!.incident) : content.groupKey;
      const context = { idempotencyKey, now: now() };
      const { kind } = await ports.sender.send(target, contentFor(target, { ...content, groupKey }), context);
      return [[place, kind] as const];
    }),
  );
  return new Map(results.flat());
}

interface Open {
  readonly incident: Incident;
  readonly page: HeldPage;
}

async function stillOpen(pages: readonly HeldPage[], { incidents }: EscalationPorts): Promise<Open[]> {
  const found = await Promise.all(
    pages.map(async (page) => ({ page, incident: await incidents.read(page.incidentId) })),
  );
  return found.filter(
    (item): item is Open =>
      item.incident !== undefined &&
      item.incident.status === 'triggered' &&
      item.incident.episode === item.page.episode,
  );
}

function bundleContent(
  person: string,
  number: number,
  open: readonly Open[],
  { settings, apiUrl }: EscalationPorts,
  secret: string,
  now: number,
): NotificationContent {
  const linkOf = ({ incident, page }: Open): string => {
    const claim = { incident: incident.id, episode: incident.episode, step: page.step, recipient: person };
    return acknowledgeUrl(apiUrl, { ...claim, expiresAt: now + settings.linkValidMs }, secret);
  };
  const [first] = open;
  const priorities = open.map(({ incident }): Priority => incident.priority);
  const alone = open.length === 1;
  const lines = alone ? [] : open.map((item) => `${item.incident.title}: acknowledge at ${linkOf(item)}`);
  return {
    ...first!.incident.content,
    groupKey: `bundle/${person}/${number}`,
    groupLabels: alone ? first!.incident.content.groupLabels : {},
    commonLabels: alone ? first!.incident.content.commonLabels : {},
    commonAnnotations: alone
      ? first!.incident.content.commonAnnotations
      : { summary: `${open.length} incidents wait for you` },
    status: 'firing',
    priority: priorities.toSorted()[0]!,
    alerts: open.flatMap(({ incident }) => incident.content.alerts).slice(0, MAX_ALERTS),
    links: alone ? { ...first!.incident.content.links, acknowledge: linkOf(first!) } : {},
    externalUrl: apiUrl,
    remarks: [
      `You had ${settings.pagesPerHour} pages within an hour, so what came next waited and comes bundled (${open.length}).`,
      ...lines,
    ],
  };
}
