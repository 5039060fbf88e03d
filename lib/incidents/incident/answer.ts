// What a receiver's answer means for an incident: told, to be tried again, or not to be reached.
import type { NotificationResult } from '../../model/notification.ts';
import { passOver } from './escalation.ts';
import type { Incident, Page, TimelineEntry } from './incident.ts';
import { noticedAgain } from './notices.ts';
import type { EscalationRules } from './recipients.ts';

/** Attempts to tell one recipient, over about a quarter of an hour. */
export const MAX_ATTEMPTS = 10;
const BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 120_000;

/** @param now epoch milliseconds */
export function answered(
  incident: Incident,
  pageKey: string,
  result: NotificationResult,
  rules: EscalationRules,
  now: number,
): { readonly incident: Incident; readonly entries: readonly TimelineEntry[] } {
  const page = incident.pages.find(({ key }) => key === pageKey);
  // An answer that comes late, of a sender that was given up for lost, is still an answer.
  if (page === undefined || page.state === 'delivered' || page.state === 'refused') {
    return { incident, entries: [] };
  }
  const after = pageAfter(page, result, incident, now);
  const pages = incident.pages.map((item) => (item === page ? after : item));
  const next: Incident = {
    ...incident,
    pages: noticedAgain({ ...incident, pages }, after, now),
    firstToldAt: incident.firstToldAt ?? (after.state === 'delivered' && isPage(page) ? now : undefined),
  };
  const entries = entriesOf(page, after, result, now);
  const isReached = next.pages.some(
    (item) =>
      isPage(item) && item.round === next.round && item.step === next.step && item.state !== 'refused',
  );
  if (incident.status !== 'triggered' || after.state !== 'refused' || isReached) {
    return { incident: next, entries };
  }
  return passOver(next, entries, rules, now);
}

/** Names the level of a page in the timeline. */
export function levelOf({ round, step }: Pick<Page, 'round' | 'step'>): string {
  return `${round}.${step}`;
}

const WORDS: Readonly<Record<Page['purpose'], string>> = {
  page: '',
  acknowledging: ' that somebody took it on',
  closing: ' that it is over',
};

function isPage({ purpose }: Page): boolean {
  return purpose === 'page';
}

function pageAfter(page: Page, result: NotificationResult, incident: Incident, now: number): Page {
  switch (result.kind) {
    case 'delivered':
      return {
        ...page,
        state: 'delivered',
        ...(result.reference !== undefined && { reference: result.reference }),
      };
    case 'refused':
      return { ...page, state: 'refused' };
    case 'retry': {
      if (incident.status !== 'triggered' && isPage(page)) return { ...page, state: 'withdrawn' };
      if (page.attempts >= MAX_ATTEMPTS) return { ...page, state: 'refused' };
      const backoff = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.max(0, page.attempts - 1));
      const waitMs = Math.max(backoff, Math.min(result.afterMs ?? 0, MAX_BACKOFF_MS));
      return { ...page, state: 'waiting', attemptAt: now + waitMs };
    }
  }
}

function entriesOf(page: Page, after: Page, result: NotificationResult, now: number): TimelineEntry[] {
  const who = 'tidewatch';
  const way = `${page.recipient} by ${page.target.kind}`;
  if (after.state === 'delivered') {
    const others = result.kind === 'delivered' ? result.insteadOf : undefined;
    const how = others === undefined ? way : `${page.recipient} otherwise (${others.join('; ')})`;
    const text = `told ${how}${WORDS[page.purpose]}`;
    const call = page.isPerson && isPage(page) ? { to: page.recipient, level: levelOf(page) } : {};
    return [{ at: now, kind: 'told', who, text, ...call }];
  }
  if (after.state !== 'refused' || result.kind === 'delivered') return [];
  return [{ at: now, kind: 'notTold', who, text: `could not tell ${way}: ${result.reason}` }];
}
