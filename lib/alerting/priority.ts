// How urgent an alert is: P1 to P4, from its labels alone, so that every channel and every person reads the same.
import type { Priority } from '../model/notification.ts';

type Labels = Readonly<Record<string, string>>;

const PRIORITIES: ReadonlySet<string> = new Set(['P1', 'P2', 'P3', 'P4']);

/** By the label `severity`, in lower case; `page` depends on more, see below. What is not listed is P3. */
const BY_SEVERITY: Readonly<Record<string, Priority>> = {
  critical: 'P1',
  error: 'P2',
  high: 'P2',
  ticket: 'P3',
  warning: 'P3',
  info: 'P4',
};

/** The SLO burn tier that spends a month's budget within days; see lib/slo. */
const FAST_BURN = 'fast';
const DEFAULT: Priority = 'P3';

/**
 * A label `priority` of P1 to P4 counts before anything else. A page is P1 if a budget burns fast or the label `impact`
 * is critical, else P2.
 * @example priorityOf({ severity: 'page', burn_tier: 'fast' }) // 'P1'
 */
export function priorityOf(labels: Labels): Priority {
  const written = own(labels, 'priority');
  if (PRIORITIES.has(written)) return written as Priority;
  const severity = own(labels, 'severity').toLowerCase();
  if (severity === 'page') {
    return own(labels, 'burn_tier') === FAST_BURN || own(labels, 'impact') === 'critical' ? 'P1' : 'P2';
  }
  return Object.hasOwn(BY_SEVERITY, severity) ? BY_SEVERITY[severity]! : DEFAULT;
}

/** The most urgent of several; P3 if there is none. */
export function mostUrgent(all: Iterable<Labels>): Priority {
  let best: Priority | undefined;
  for (const labels of all) {
    const priority = priorityOf(labels);
    // 'P1' comes before 'P2' as a text too.
    if (best === undefined || priority < best) best = priority;
  }
  return best ?? DEFAULT;
}

function own(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? labels[name]! : '';
}
