// Beyond Alertmanager: an alert that fires and ends again and again says the same each time. When it flaps is decided
// here, from a few times that its row keeps; lib/alerting/groups/flush.ts tells it once and holds what follows.

export interface FlapRules {
  /** It flaps once it has ended so many times … */
  readonly times: number;
  /** … within so many milliseconds, until it has been steady for half of them. */
  readonly withinMs: number;
}

/** What is remembered of an alert that has fired again. Times are epoch milliseconds. */
export interface FlapState {
  /** When it ended of late, at most `times` of them. */
  readonly ends: readonly number[];
  /** When it last fired or ended. */
  readonly changedAt: number;
  /** Since when it flaps, if it did at the last change. */
  readonly since?: number;
}

/** What of an alert decides: the part of an AlertRecord. */
interface Changing {
  readonly endsAt: number;
  readonly flap?: FlapState;
}

/** The state after a change. @param at not before the last change; if it is, it counts as then */
export function flapAfter(
  before: FlapState | undefined,
  change: 'fires' | 'ends',
  at: number,
  rules: FlapRules,
): FlapState {
  const { times, withinMs } = rules;
  const changedAt = Math.max(at, before?.changedAt ?? at);
  const seen = change === 'ends' ? [...(before?.ends ?? []), changedAt] : (before?.ends ?? []);
  const ends = seen.filter((end) => end > changedAt - withinMs).slice(-times);
  const goesOn = flapsAt(before, changedAt, rules) ? before?.since : undefined;
  const since = goesOn ?? (ends.length >= times ? changedAt : undefined);
  return { ends, changedAt, ...(since !== undefined && { since }) };
}

/** What an alert takes along when it was known and is sent again; undefined for nothing worth remembering. */
export function flapOf(
  known: Changing,
  alert: Changing,
  now: number,
  rules: FlapRules,
): FlapState | undefined {
  if (known.endsAt <= now && alert.endsAt > now) {
    return flapAfter(flapAfter(known.flap, 'ends', known.endsAt, rules), 'fires', now, rules);
  }
  const { flap } = known;
  return flap !== undefined && flap.changedAt > now - rules.withinMs ? flap : undefined;
}

/** Until when an alert counts as flapping if nothing changes; undefined if it does not flap. */
export function flapsUntil({ flap, endsAt }: Changing, now: number, rules: FlapRules): number | undefined {
  if (flap === undefined) return undefined;
  const state = endsAt <= now ? flapAfter(flap, 'ends', endsAt, rules) : flap;
  return flapsAt(state, now, rules) ? state.changedAt + rules.withinMs / 2 : undefined;
}

function flapsAt(state: FlapState | undefined, now: number, { withinMs }: FlapRules): boolean {
  return state?.since !== undefined && now < state.changedAt + withinMs / 2;
}
