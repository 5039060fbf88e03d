// A wish for a change, as the API and the command line take it → a change, or what is wrong with the wish.
import { DocumentNode } from '../definition/document-node.ts';
import { readAdjustment, readExclusion, readReasoned } from '../definition/read-period.ts';
import { ProblemList, type SloProblem } from '../problems.ts';
import type { SloChange, SloChangeKind, Withdrawal } from './change.ts';

/** Longest override: a gate that stays open by hand is no gate. Change the policy instead. */
export const OVERRIDE_MAX_MS = 7 * 86_400_000;
/** Changes of an SLO that are in force at a time: each is looked at in every evaluation. */
export const CHANGES_MAX = 100;

export interface ChangeContext {
  /** Name of the SLO. */
  readonly slo: string;
  readonly id: string;
  /** Name of the key it is made with, or `cli`; the author where none is named. */
  readonly madeBy: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Those of all SLOs. */
  readonly existing: readonly SloChange[];
}

export type ChangeResult =
  | { readonly kind: 'made'; readonly change: SloChange }
  | { readonly kind: 'refused'; readonly problems: readonly SloProblem[] };

/**
 * Reads a wish.
 * @param wish for an exclusion and an adjustment the form of the configuration; for an override
 *   `{ for: "4h" }` or `{ until: "2026-01-31T12:00:00Z" }`; always `reason`, and `author` unless the key says who
 */
export function makeChange(kind: SloChangeKind, wish: unknown, context: ChangeContext): ChangeResult {
  const { slo, id, madeBy, now, existing } = context;
  const problems = new ProblemList();
  const node = new DocumentNode(signed(wish, madeBy), '', problems);
  // Overrides that are over cost nothing, and must not keep anybody from the next one.
  const inForce = existing.filter(
    (change) =>
      change.slo === slo &&
      change.withdrawn === undefined &&
      !(change.kind === 'override' && change.until <= now),
  );
  if (inForce.length >= CHANGES_MAX)
    problems.error(
      '',
      `expected at most ${CHANGES_MAX} changes of ${slo} in force; withdraw those that are over`,
    );
  const made = { id, slo, madeAt: now, madeBy };
  const change = read(kind, node, made);
  return change === undefined || problems.hasErrors
    ? { kind: 'refused', problems: problems.items }
    : { kind: 'made', change };
}

/** Reads who withdraws a change, and why. */
export function makeWithdrawal(
  wish: unknown,
  { madeBy, now }: Pick<ChangeContext, 'madeBy' | 'now'>,
):
  | { readonly kind: 'made'; readonly withdrawal: Withdrawal }
  | { readonly kind: 'refused'; readonly problems: readonly SloProblem[] } {
  const problems = new ProblemList();
  const node = new DocumentNode(signed(wish, madeBy), '', problems);
  const reasoned = node.object(['reason', 'author']) ? readReasoned(node) : undefined;
  return reasoned === undefined
    ? { kind: 'refused', problems: problems.items }
    : { kind: 'made', withdrawal: { at: now, ...reasoned } };
}

type Made = Pick<SloChange, 'id' | 'slo' | 'madeAt' | 'madeBy'>;

function read(kind: SloChangeKind, node: DocumentNode, made: Made): SloChange | undefined {
  switch (kind) {
    case 'exclusion': {
      const exclusion = readExclusion(node);
      return exclusion && { ...made, ...reasonOf(exclusion), kind, exclusion };
    }
    case 'adjustment': {
      const adjustment = readAdjustment(node);
      if (adjustment?.bad === 0 && adjustment.total === 0)
        return node.field('bad').expected('bad or total other than 0: else nothing is adjusted');
      return adjustment && { ...made, ...reasonOf(adjustment), kind, adjustment };
    }
    case 'override': {
      if (!node.object(['for', 'until', 'reason', 'author'])) return undefined;
      const reasoned = readReasoned(node);
      const until = readUntil(node, made.madeAt);
      return reasoned && until !== undefined ? { ...made, ...reasoned, kind, until } : undefined;
    }
  }
}

function readUntil(node: DocumentNode, now: number): number | undefined {
  if (node.has('for') === node.has('until')) {
    node.problems.error('', 'expected one of for, such as "4h", and until');
    return undefined;
  }
  const field = node.field(node.has('for') ? 'for' : 'until');
  const length = node.has('for') ? field.duration() : undefined;
  const until = node.has('for') ? (length === undefined ? undefined : now + length) : field.time();
  if (until === undefined) return undefined;
  if (until <= now) return field.expected('a time to come');
  return until - now <= OVERRIDE_MAX_MS ? until : field.expected('an end within 7 days');
}

function reasonOf({ reason, author }: { readonly reason: string; readonly author: string }) {
  return { reason, author };
}

/** Who is not named is whoever holds the key. */
function signed(wish: unknown, madeBy: string): unknown {
  const isObject = typeof wish === 'object' && wish !== null && !Array.isArray(wish);
  return isObject && !('author' in wish) ? { ...wish, author: madeBy } : wish;
}
