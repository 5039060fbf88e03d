// Services that keep an incident of their own open until they are told: what they hear after they were paged.
import { inOrder } from '../../model/in-order.ts';
import type { NotificationTarget } from '../../model/notification.ts';
import type { Incident, Page } from './incident.ts';

type Purpose = Exclude<Page['purpose'], 'page'>;

/** Those that call people until they hear that somebody took it on. The same as the channels that can say so. */
export const ACKNOWLEDGED_KINDS: readonly string[] = ['pagerduty', 'opsgenie', 'jsm', 'victorops'];
const KINDS: Readonly<Record<Purpose, readonly string[]>> = {
  acknowledging: ACKNOWLEDGED_KINDS,
  closing: [...ACKNOWLEDGED_KINDS, 'jira', 'servicenow', 'opsitem'],
};

/** Whether the target, or one that is told in its place, keeps something open. */
export function isStateful(target: NotificationTarget): boolean {
  return hears('closing', target);
}

function hears(purpose: Purpose, target: NotificationTarget): boolean {
  const { first, others } = inOrder(target);
  return [first, ...others].some(({ kind }) => KINDS[purpose].includes(kind));
}

/** What tells services with a state of their own how it goes on, where they were told that it began. */
export function noticePages({ pages }: Incident, purpose: Purpose, now: number): Page[] {
  return pages
    .filter((page) => page.purpose === 'page' && wasTold(page) && hears(purpose, page.target))
    .filter((page, place, all) => all.findIndex(({ target }) => sameTarget(target, page.target)) === place)
    .map((page) => ({
      ...page,
      key: `${page.key}.${purpose}`,
      purpose,
      remark: '',
      state: 'waiting',
      attempts: 0,
      attemptAt: now,
    }));
}

/** VictorOps would open what it is told to acknowledge, and of a bundle it knows nothing by the incident's key. */
function wasTold({ state, target: { kind } }: Page): boolean {
  return state === 'delivered' || state === 'claimed' || (state === 'bundled' && kind !== 'victorops');
}

/**
 * A page that was on its way while somebody acknowledged or resolved arrives after the notice and calls people again:
 * the notice is told once more.
 * @param arrived as it was delivered
 */
export function noticedAgain({ status, pages }: Incident, arrived: Page, now: number): readonly Page[] {
  if (arrived.purpose !== 'page' || arrived.state !== 'delivered' || status === 'triggered') return pages;
  const purpose: Purpose = status === 'acknowledged' ? 'acknowledging' : 'closing';
  return pages.map((page) =>
    page.purpose === purpose && page.episode === undefined && sameTarget(page.target, arrived.target)
      ? {
          ...page,
          ...(arrived.reference !== undefined && { reference: arrived.reference }),
          ...(page.state === 'delivered' && { state: 'waiting', attempts: 0, attemptAt: now }),
        }
      : page,
  );
}

/** What was still to be said of an episode when the next one began. */
export function leftToSay({ pages, episode }: Incident): readonly Page[] {
  return pages
    .filter(({ purpose, state }) => purpose === 'closing' && (state === 'waiting' || state === 'claimed'))
    .map((page) => ({ ...page, episode: page.episode ?? episode }));
}

export function sameTarget(a: NotificationTarget, b: NotificationTarget): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
