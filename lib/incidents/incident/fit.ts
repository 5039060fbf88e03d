// Keeps the row of an incident below what an item of the state table takes, whatever its policy, its people and its
// alerts: what nothing needs any more goes first, then what pages can do without.
import { type Incident, isOpen, type Page, type TimelineEntry } from './incident.ts';
import { isStateful, sameTarget } from './notices.ts';

/** Bytes as JSON. An item takes 400 KB with its names. Source: DynamoDB service quotas, read 2026-11. */
const MAX_BYTES = 350_000;
/** Lines written with one change; a transaction takes 100 items. Source: DynamoDB service quotas, read 2026-11. */
const MAX_ENTRIES = 90;

/** The incident without pages that nothing follows from, and small enough. */
export function fitted(incident: Incident): Incident {
  const pages = incident.pages.filter((page, place, all) => isNeeded(incident, page, place, all));
  const slim = pages.length === incident.pages.length ? incident : { ...incident, pages };
  if (isSmall(slim)) return slim;
  const { content } = slim;
  const bare = {
    ...slim,
    content: { ...content, alerts: [], remarks: [...content.remarks, ALERTS_LEFT_OUT] },
  };
  if (isSmall(bare)) return bare;
  // Pages of earlier steps that could not be sent yet: those of this step take their place.
  const now = { ...bare, pages: bare.pages.filter((page) => isOfThisStep(bare, page) || isTold(page)) };
  if (isSmall(now)) return now;
  return { ...now, pages: now.pages.filter((page) => isOfThisStep(now, page)) };
}

const ALERTS_LEFT_OUT = 'The alerts are not listed: they are too long';

/** The lines of one change, as many as can be written with it; the last one counts the others. */
export function fittedEntries(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  if (entries.length <= MAX_ENTRIES) return entries;
  const kept = entries.slice(0, MAX_ENTRIES - 1);
  const last = entries.at(-1)!;
  return [...kept, { ...last, text: `${last.text} (and ${entries.length - MAX_ENTRIES} more lines)` }];
}

function isSmall(incident: Incident): boolean {
  return Buffer.byteLength(JSON.stringify(incident)) <= MAX_BYTES;
}

function isNeeded(incident: Incident, page: Page, place: number, all: readonly Page[]): boolean {
  if (isOpen(page) || page.purpose !== 'page' || isOfThisStep(incident, page)) return true;
  // Of those that a service with a state of its own was told by, the first is enough to tell it how it goes on.
  return (
    isTold(page) && all.findIndex((other) => isTold(other) && sameTarget(other.target, page.target)) === place
  );
}

function isOfThisStep({ round, step }: Incident, page: Page): boolean {
  return page.round === round && page.step === step;
}

function isTold({ purpose, state, target }: Page): boolean {
  return purpose === 'page' && (state === 'delivered' || state === 'bundled') && isStateful(target);
}
