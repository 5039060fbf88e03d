// Which pages are to be sent now, and by whom: a sender claims them in the row first, so that an acknowledgement and a
// claim have an order, and another sender takes over when this one is lost.
import { type Incident, isWanted, type Page } from './incident.ts';

/** After which a sender that says nothing is given up for lost; above the time-out of the function. */
export const CLAIM_MS = 90_000;

/** @param now epoch milliseconds @returns the incident with the claim, and what was claimed */
export function claimDue(
  incident: Incident,
  now: number,
): { readonly incident: Incident; readonly claimed: readonly Page[] } {
  const claimed: Page[] = [];
  const pages = incident.pages.map((page) => {
    if (page.state !== 'waiting' || page.attemptAt > now || !isWanted(incident, page)) return page;
    const taken: Page = { ...page, state: 'claimed', attempts: page.attempts + 1, attemptAt: now + CLAIM_MS };
    claimed.push(taken);
    return taken;
  });
  return claimed.length === 0 ? { incident, claimed } : { incident: { ...incident, pages }, claimed };
}

/** Whether a page that was claimed may still be sent: nobody acknowledged, and no other sender took over. */
export function isStillClaimed(incident: Incident, page: Page): boolean {
  const now = incident.pages.find(({ key }) => key === page.key);
  return (
    now !== undefined && now.state === 'claimed' && now.attempts === page.attempts && isWanted(incident, now)
  );
}
