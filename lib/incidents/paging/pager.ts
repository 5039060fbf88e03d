// How often a person is paged. What is above the limit is held for a few minutes and leaves as one message. Pure; the
// row of a person holds it, written only if nobody else wrote it in between.

/** A page that waits to leave with others. */
export interface HeldPage {
  /** Of the page, so that it is held once. */
  readonly key: string;
  readonly incidentId: string;
  readonly episode: number;
  readonly step: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Bundle {
  readonly number: number;
  readonly pages: readonly HeldPage[];
  readonly attempts: number;
  /** Places of contacts that need not be told again. */
  readonly told: readonly number[];
  /** Epoch milliseconds: of the next attempt, or of when its sender is given up for lost. */
  readonly attemptAt: number;
}

export interface Pager {
  readonly person: string;
  /** Counts writes from 1; also the generation of its timer. */
  readonly version: number;
  /** Pages of the last hour, those that left in bundles once. */
  readonly recent: readonly { readonly key: string; readonly at: number }[];
  readonly held: readonly HeldPage[];
  /** Epoch milliseconds at which what is held leaves; undefined when nothing is. */
  readonly flushAt: number | undefined;
  /** What is being sent. */
  readonly bundle: Bundle | undefined;
  /** Bundles so far. */
  readonly bundles: number;
  /** Keys that left in bundles within the last hour. */
  readonly bundled: readonly { readonly key: string; readonly at: number }[];
}

export interface PagerLimits {
  readonly pagesPerHour: number;
  readonly bundleWithinMs: number;
}

const HOUR = 3_600_000;
/** After which the sender of a bundle is given up for lost. */
const CLAIM_MS = 90_000;
/** Attempts to send a bundle, two minutes apart at most. */
const MAX_ATTEMPTS = 10;
/** A row stays far below what an item of the state table takes. */
const MAX_HELD = 500;
/** Not below the most pages an hour that can be allowed. */
const MAX_RECENT = 1_000;
const MAX_BUNDLED = 2_000;

export function newPager(person: string): Pager {
  return {
    person,
    version: 0,
    recent: [],
    held: [],
    flushAt: undefined,
    bundle: undefined,
    bundles: 0,
    bundled: [],
  };
}

/**
 * Asks whether a page may go now.
 * @param page what it is; asking again for the same key gives the same answer
 * @param isLimited false for P1 and for escalations, which always go, and are counted
 * @param now epoch milliseconds
 */
export function takePage(
  pager: Pager,
  page: HeldPage,
  isLimited: boolean,
  limits: PagerLimits,
  now: number,
): { readonly pager: Pager; readonly verdict: 'now' | 'bundled' } {
  const inHour = ({ at }: { readonly at: number }): boolean => at > now - HOUR;
  const recent = pager.recent.filter(inHour);
  const bundled = pager.bundled.filter(inHour);
  const has = (list: readonly { readonly key: string }[]): boolean =>
    list.some(({ key }) => key === page.key);
  if (has(recent)) return { pager, verdict: 'now' };
  if (has(pager.held) || has(bundled) || has(pager.bundle?.pages ?? [])) return { pager, verdict: 'bundled' };
  if (!isLimited || recent.length < limits.pagesPerHour || pager.held.length >= MAX_HELD) {
    return {
      pager: { ...pager, bundled, recent: [...recent, { key: page.key, at: now }].slice(-MAX_RECENT) },
      verdict: 'now',
    };
  }
  return {
    pager: {
      ...pager,
      recent,
      bundled,
      held: [...pager.held, page],
      flushAt: pager.flushAt ?? now + limits.bundleWithinMs,
    },
    verdict: 'bundled',
  };
}

/** When somebody must look at it next; undefined when nothing is held. Epoch milliseconds. */
export function pagerWakeAt({ flushAt, bundle }: Pager): number | undefined {
  if (bundle !== undefined) return bundle.attemptAt;
  return flushAt;
}

/** Claims the bundle that is due: the one that was not sent, or what is held. @param now epoch milliseconds */
export function claimBundle(
  pager: Pager,
  now: number,
): { readonly pager: Pager; readonly claimed: Bundle | undefined } {
  const { bundle, flushAt, held, bundles } = pager;
  if (bundle !== undefined) {
    if (bundle.attemptAt > now) return { pager, claimed: undefined };
    const again: Bundle = { ...bundle, attempts: bundle.attempts + 1, attemptAt: now + CLAIM_MS };
    return { pager: { ...pager, bundle: again }, claimed: again };
  }
  if (flushAt === undefined || flushAt > now) return { pager, claimed: undefined };
  const first: Bundle = {
    number: bundles + 1,
    pages: held,
    told: [],
    attempts: 1,
    attemptAt: now + CLAIM_MS,
  };
  const recent = [...pager.recent, { key: `bundle-${first.number}`, at: now }];
  return {
    pager: { ...pager, held: [], flushAt: undefined, bundle: first, bundles: first.number, recent },
    claimed: first,
  };
}

/**
 * What became of a bundle.
 * @param results by the place of the contact that was told now; what was delivered or refused is not told again
 * @param now epoch milliseconds
 */
export function bundleSent(
  pager: Pager,
  number: number,
  results: ReadonlyMap<number, 'delivered' | 'retry' | 'refused'>,
  now: number,
): Pager {
  const { bundle } = pager;
  if (bundle === undefined || bundle.number !== number) return pager;
  const told = [
    ...bundle.told,
    ...[...results].flatMap(([place, kind]) => (kind === 'retry' ? [] : [place])),
  ];
  if ([...results.values()].includes('retry') && bundle.attempts < MAX_ATTEMPTS) {
    const waitMs = Math.min(120_000, 5_000 * 2 ** (bundle.attempts - 1));
    return { ...pager, bundle: { ...bundle, told, attemptAt: now + waitMs } };
  }
  const left = bundle.pages.map(({ key }) => ({ key, at: now }));
  return { ...pager, bundle: undefined, bundled: [...pager.bundled, ...left].slice(-MAX_BUNDLED) };
}
