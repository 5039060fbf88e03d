// Inhibition: a firing source keeps its targets quiet. Any firing source counts, muted itself or not.
import { type AlertRecord, isResolved } from '../alerts/alert-record.ts';
import { type LabelSet, labelValue, type Matcher, matchesAll } from '../matchers/matcher.ts';
import { indexMatchers, type MatcherIndex, someCandidate } from '../matchers/matcher-index.ts';

export interface InhibitRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  /** Labels whose values must be the same on both sides; an absent one is "". */
  readonly equal: readonly string[];
}

interface Source {
  readonly alert: AlertRecord;
  /** Matches the target side too, so it cannot inhibit another one that matches both. */
  readonly twoSided: boolean;
}

/** A rule by its place, and what finds it. */
interface Rules {
  readonly list: readonly InhibitRule[];
  readonly bySource: MatcherIndex<number>;
  readonly byTarget: MatcherIndex<number>;
}

/** The sources each rule knows. */
export interface InhibitionState {
  readonly rules: Rules;
  /** By the place of the rule, the values of the equal labels, then by fingerprint. */
  readonly sources: readonly Map<string, Map<string, Source>>[];
}

export function noSources(list: readonly InhibitRule[]): InhibitionState {
  const places = list.map((_, place) => place);
  const bySource = indexMatchers(places, (place) => list[place]!.source);
  const byTarget = indexMatchers(places, (place) => list[place]!.target);
  return forgetSources({ rules: { list, bySource, byTarget }, sources: [] });
}

/** The same rules without a source. */
export function forgetSources({ rules }: InhibitionState): InhibitionState {
  return { rules, sources: rules.list.map(() => new Map()) };
}

/** Whether an alert with these labels is the source of a rule. */
export function isSource({ rules: { list, bySource } }: InhibitionState, labels: LabelSet): boolean {
  return someCandidate(bySource, labels, (place) => matchesAll(list[place]!.source, labels));
}

/** Remembers an alert, firing or resolved, wherever it is a source. The state is changed in place. */
export function rememberSource({ rules, sources }: InhibitionState, alert: AlertRecord): void {
  someCandidate(rules.bySource, alert.labels, (place) => {
    const rule = rules.list[place]!;
    if (!matchesAll(rule.source, alert.labels)) return false;
    const byEqual = sources[place]!;
    const key = equalKey(rule, alert.labels);
    const known = byEqual.get(key) ?? new Map<string, Source>();
    const twoSided = matchesAll(rule.target, alert.labels);
    byEqual.set(key, known.set(alert.fingerprint, { alert, twoSided }));
    return false;
  });
}

/** The fingerprint of a firing source that keeps an alert with these labels quiet. */
export function inhibitedBy(
  { rules, sources }: InhibitionState,
  labels: LabelSet,
  now: number,
): string | undefined {
  let found: string | undefined;
  someCandidate(rules.byTarget, labels, (place) => {
    const rule = rules.list[place]!;
    const byEqual = sources[place]!;
    if (byEqual.size === 0 || !matchesAll(rule.target, labels)) return false;
    found = firingSource(byEqual.get(equalKey(rule, labels)), matchesAll(rule.source, labels), now);
    return found !== undefined;
  });
  return found;
}

function firingSource(
  sources: ReadonlyMap<string, Source> | undefined,
  twoSided: boolean,
  now: number,
): string | undefined {
  for (const source of sources?.values() ?? []) {
    if (!isResolved(source.alert, now) && !(twoSided && source.twoSided)) return source.alert.fingerprint;
  }
  return undefined;
}

/** Forgets resolved sources. */
export function forgetResolvedSources({ sources: all }: InhibitionState, now: number): void {
  for (const byEqual of all) {
    for (const [key, sources] of byEqual) {
      for (const [id, { alert }] of sources) if (isResolved(alert, now)) sources.delete(id);
      if (sources.size === 0) byEqual.delete(key);
    }
  }
}

function equalKey(rule: InhibitRule, labels: LabelSet): string {
  return rule.equal.map((name) => labelValue(labels, name)).join('\u0000');
}
