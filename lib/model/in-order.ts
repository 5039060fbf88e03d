// A way to tell and those that are told when it cannot be: a list in an integration's field `otherwise`.
import type { NotificationTarget } from './notification.ts';

/** The integration alone, and those that take its place, in their order. */
export function inOrder({ kind, fields }: NotificationTarget): {
  readonly first: NotificationTarget;
  readonly others: readonly NotificationTarget[];
} {
  const { otherwise, ...own } = fields;
  const others = Array.isArray(otherwise) ? otherwise.map(targetOf) : [];
  return { first: { kind, fields: own }, others };
}

/** The check lets nothing else through than kinds with fields; whatever else comes is a kind that there is not. */
function targetOf(value: unknown): NotificationTarget {
  const { kind, fields } = (value ?? {}) as Partial<NotificationTarget>;
  const isTarget = typeof kind === 'string' && typeof fields === 'object' && fields !== null;
  return isTarget ? { kind, fields } : { kind: 'unknown', fields: {} };
}
