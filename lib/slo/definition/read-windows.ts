// Pairs of burn-rate windows as a user writes them; the factor is derived from the budget share, or the other way round.
import { budgetShareOf, factorOf } from '../windows/burn-rate.ts';
import { checkCustom } from '../windows/check-windows.ts';
import type { BurnWindow } from '../windows/default-table.ts';
import type { DocumentNode } from './document-node.ts';

const KEYS = ['severity', 'longWindow', 'shortWindow', 'budgetShare', 'factor', 'hold'];

/** The pairs of a list; those that cannot be read, or can never fire, are listed as problems. */
export function readWindows(list: DocumentNode, objective: number, periodMs: number): BurnWindow[] {
  const windows: BurnWindow[] = [];
  for (const item of list.items()) {
    const window = readWindow(item, periodMs);
    if (window === undefined) continue;
    checkCustom(window, objective, periodMs, item.path, item.problems);
    windows.push(window);
  }
  return windows;
}

function readWindow(node: DocumentNode, periodMs: number): BurnWindow | undefined {
  if (!node.object(KEYS)) return undefined;
  const severity = node.field('severity').oneOf(['page', 'ticket']);
  const longWindowMs = node.field('longWindow').duration();
  const shortWindowMs = node.field('shortWindow').duration();
  const hold = node.field('hold');
  const holdMs = hold.isAbsent ? 0 : hold.duration();
  if (node.has('budgetShare') === node.has('factor')) {
    node.problems.error(node.path, 'expected one of budgetShare and factor');
    return undefined;
  }
  const budgetShare = node.has('budgetShare')
    ? node.field('budgetShare').ratio('a share of the budget such as 0.02 or "2%"', (x) => x > 0 && x <= 1)
    : undefined;
  const factor = node.has('factor')
    ? node.field('factor').number('a burn rate above 0', (value) => value > 0)
    : undefined;
  if (severity === undefined || longWindowMs === undefined || shortWindowMs === undefined) return undefined;
  if (holdMs === undefined || (budgetShare ?? factor) === undefined) return undefined;
  return {
    severity,
    longWindowMs,
    shortWindowMs,
    budgetShare: budgetShare ?? budgetShareOf(factor!, longWindowMs, periodMs),
    factor: factor ?? factorOf(budgetShare!, longWindowMs, periodMs),
    holdMs,
  };
}
