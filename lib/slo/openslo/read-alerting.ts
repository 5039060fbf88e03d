// What an OpenSLO SLO says about alerts → burn-rate windows, receivers and whether silence alerts. OpenSLO v1 allows one
// condition a policy, so it has no pairs of windows: the second is derived, or all are given in an annotation.

import { parseDuration } from '../../model/duration.ts';
import type { DocumentNode } from '../definition/document-node.ts';
import { budgetShareOf, factorOf } from '../windows/burn-rate.ts';
import { checkCustom } from '../windows/check-windows.ts';
import { type BurnSeverity, type BurnWindow, LONG_TO_SHORT, wholeMinutes } from '../windows/default-table.ts';
import type { DocumentSet } from './document-set.ts';
import { readShorthand } from './duration-shorthand.ts';

export interface OpenSloAlerting {
  /** Undefined when nothing is said about burn rates: then the default table counts. */
  readonly windows: readonly BurnWindow[] | undefined;
  readonly notify: readonly string[];
  readonly noDataAfterMs: number | undefined;
}

/** Annotation of an SLO with its pairs, such as "page 2% 1h/5m; ticket 10% 3d/6h". */
export const WINDOWS_ANNOTATION = 'tidewatch.dev/windows';
const WINDOW = /^(page|ticket)\s+(\d+(?:\.\d+)?)%\s+(\w+)\/(\w+)$/;
/** Words for what wakes somebody. Everything else is a ticket. */
const PAGING = ['page', 'critical', 'high', 'p1', 'sev1'];
/** How long a metric may be silent when a policy asks for an alert without data and says no time. */
const NO_DATA_AFTER_MS = 600_000;
const POLICY_KEYS = [
  'description',
  'alertWhenNoData',
  'alertWhenResolved',
  'alertWhenBreaching',
  'conditions',
  'notificationTargets',
];

/** @param objective 0..1 @param periodMs length of the budget's period */
export function readAlerting(
  slo: DocumentNode,
  documents: DocumentSet,
  objective: number,
  periodMs: number,
): OpenSloAlerting {
  const windows: BurnWindow[] = [];
  const notify = new Set<string>();
  let noDataAfterMs: number | undefined;
  for (const item of slo.field('spec').field('alertPolicies').items()) {
    const policy = documents.resolve(item, 'AlertPolicy', 'alertPolicyRef');
    const spec = policy?.field('spec');
    if (!spec?.object(POLICY_KEYS, 'warning')) continue;
    if (spec.field('alertWhenNoData').value === true) noDataAfterMs = NO_DATA_AFTER_MS;
    if (spec.field('alertWhenBreaching').value !== false) {
      for (const condition of spec.field('conditions').items()) {
        const window = readCondition(condition, documents, periodMs);
        if (window === undefined) continue;
        checkCustom(window, objective, periodMs, condition.path, condition.problems);
        windows.push(window);
      }
    }
    for (const target of spec.field('notificationTargets').items()) {
      const name = readTarget(target, documents);
      if (name !== undefined) notify.add(name);
    }
  }
  const annotation = slo.field('metadata').field('annotations').field(WINDOWS_ANNOTATION);
  const annotated = annotation.isAbsent ? undefined : readAnnotation(annotation, objective, periodMs);
  return {
    windows: annotated ?? (windows.length > 0 ? windows : undefined),
    notify: [...notify],
    noDataAfterMs,
  };
}

function readCondition(item: DocumentNode, documents: DocumentSet, periodMs: number): BurnWindow | undefined {
  const spec = documents.resolve(item, 'AlertCondition', 'conditionRef')?.field('spec');
  if (!spec?.object(['description', 'severity', 'condition'], 'warning')) return undefined;
  const condition = spec.field('condition');
  if (!condition.object(['kind', 'op', 'threshold', 'lookbackWindow', 'alertAfter'], 'warning'))
    return undefined;
  const kind = condition.field('kind').oneOf(['burnrate']);
  const op = condition.has('op') ? condition.field('op').oneOf(['gt', 'gte']) : 'gt';
  const factor = condition.field('threshold').number('a burn rate above 0', (value) => value > 0);
  const longWindowMs = readShorthand(condition.field('lookbackWindow'));
  const after = condition.field('alertAfter');
  const holdMs = after.isAbsent || /^0+[smh]$/.test(String(after.value)) ? 0 : readShorthand(after);
  if (kind === undefined || op === undefined || factor === undefined) return undefined;
  if (longWindowMs === undefined || holdMs === undefined) return undefined;
  return {
    severity: severityOf(spec.field('severity').value),
    longWindowMs,
    shortWindowMs: wholeMinutes(longWindowMs / LONG_TO_SHORT),
    budgetShare: budgetShareOf(factor, longWindowMs, periodMs),
    factor,
    holdMs,
  };
}

function severityOf(value: unknown): BurnSeverity {
  return typeof value === 'string' && PAGING.includes(value.toLowerCase()) ? 'page' : 'ticket';
}

function readTarget(item: DocumentNode, documents: DocumentSet): string | undefined {
  const target = documents.resolve(item, 'AlertNotificationTarget', 'targetRef');
  if (!target?.field('spec').object(['description', 'target'], 'warning')) return undefined;
  return target.field('metadata').field('name').text();
}

function readAnnotation(node: DocumentNode, objective: number, periodMs: number): BurnWindow[] | undefined {
  const text = node.text();
  if (text === undefined) return undefined;
  const windows: BurnWindow[] = [];
  for (const part of text.split(/[;\n]/).map((piece) => piece.trim())) {
    if (part === '') continue;
    const match = WINDOW.exec(part);
    const longWindowMs = parseDuration(match?.[3] ?? '');
    const shortWindowMs = parseDuration(match?.[4] ?? '');
    if (!longWindowMs || !shortWindowMs || Number(match![2]) === 0)
      return node.expected('pairs such as "page 2% 1h/5m; ticket 10% 3d/6h"');
    const budgetShare = Number((Number(match![2]) / 100).toPrecision(12));
    const factor = factorOf(budgetShare, longWindowMs, periodMs);
    const window: BurnWindow = {
      severity: match![1] as BurnSeverity,
      longWindowMs,
      shortWindowMs,
      budgetShare,
      factor,
      holdMs: 0,
    };
    checkCustom(window, objective, periodMs, node.path, node.problems);
    windows.push(window);
  }
  return windows;
}
