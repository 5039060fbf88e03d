// Inhibition: a firing source keeps its targets quiet. Any firing source counts, muted itself or not.
import { type AlertRecord, isResolved } from '../alerts/alert-record.ts';
import { type LabelSet, labelValue, type Matcher, matchesAll } from '../matchers/matcher.ts';

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

interface RuleSources {
  readonly rule: InhibitRule;
  /** By the values of the equal labels, then by fingerprint. */
  readonly byEqual: Map<string, Map<string, Source>>;
}

/** The sources each rule knows. */
export type InhibitionState = readonly RuleSources[];

export function noSources(rules: readonly InhibitRule[]): InhibitionState {
  return rules.map((rule) => ({ rule, byEqual: new Map() }));
}

/** Remembers an alert, firing or resolved, wherever it is a source. The state is changed in place. */
export function rememberSource(state: InhibitionState, alert: AlertRecord): void {
  for (const { rule, byEqual } of state) {
    if (!matchesAll(rule.source, alert.labels)) continue;
    const key = equalKey(rule, alert.labels);
    const sources = byEqual.get(key) ?? new Map<string, Source>();
    byEqual.set(
      key,
      sources.set(alert.fingerprint, { alert, twoSided: matchesAll(rule.target, alert.labels) }),
    );
  }
}

/** The fingerprint of a firing source that keeps an alert with these labels quiet. */
export function inhibitedBy(state: InhibitionState, labels: LabelSet, now: number): string | undefined {
  for (const { rule, byEqual } of state) {
    if (byEqual.size === 0 || !matchesAll(rule.target, labels)) continue;
    const sources = byEqual.get(equalKey(rule, labels));
    if (sources === undefined) continue;
    const twoSided = matchesAll(rule.source, labels);
    for (const source of sources.values()) {
      if (!isResolved(source.alert, now) && !(twoSided && source.twoSided)) return source.alert.fingerprint;
    }
  }
  return undefined;
}

/** Forgets resolved sources. */
export function forgetResolvedSources(state: InhibitionState, now: number): void {
  for (const { byEqual } of state) {
    for (const [key, sources] of byEqual) {
      for (const [id, { alert }] of sources) if (isResolved(alert, now)) sources.delete(id);
      if (sources.size === 0) byEqual.delete(key);
    }
  }
}

function equalKey(rule: InhibitRule, labels: LabelSet): string {
  return rule.equal.map((name) => labelValue(labels, name)).join('\u0000');
}
