// Who is told instead when a receiver does not take what it is told: `otherwise` of an integration, in its order.
import { inOrder } from '../model/in-order.ts';
import type {
  NotificationContent,
  NotificationContext,
  NotificationResult,
  NotificationTarget,
} from '../model/notification.ts';
import { CHANNEL_FIELDS } from './fields.ts';

/** Tells one target, without its `otherwise`. */
export type Tell = (
  target: NotificationTarget,
  content: NotificationContent,
  context: NotificationContext,
) => Promise<NotificationResult>;

/** Key of a reference that says which of them was told; what it answered lies below `otherwise.<place>.`. */
const TOLD = 'told';

/**
 * Whether the next one is told now.
 * @param context its `isLast` says when nobody will try again
 */
export function passesOn(result: NotificationResult, { isLast }: NotificationContext): boolean {
  if (result.kind === 'delivered') return false;
  return result.kind === 'refused' || isLast?.(result.afterMs) === true;
}

/**
 * Tells a target or, when it does not take it, those after it until one does. The end is told to whoever was told of
 * the beginning as well.
 * @returns delivered when one took it; its reference says which
 */
export async function tellInOrder(
  tell: Tell,
  target: NotificationTarget,
  content: NotificationContent,
  context: NotificationContext,
): Promise<NotificationResult> {
  const { first, others } = inOrder(target);
  if (others.length === 0) return tell(first, content, context);
  const [result, ...ends] = await Promise.all([
    tell(first, content, context),
    ...others.flatMap((other, place) =>
      wasTold(context, place) && hearsOf(content, other)
        ? [tell(other, content, contextOf(context, place)).then((answer) => ({ place, answer }))]
        : [],
    ),
  ]);
  const references = ends.map(({ place, answer }) => referenceOf(place, content, answer));
  if (result.kind === 'delivered') {
    // Whoever keeps something open until it hears of the end has to hear of it.
    const late = ends.find(({ answer }) => answer.kind === 'retry' && !passesOn(answer, context));
    return late === undefined ? withReferences(result, references) : late.answer;
  }
  if (!passesOn(result, context)) return result;
  const failed = [result];
  for (const [place, other] of others.entries()) {
    const ended = ends.find((end) => end.place === place)?.answer;
    // The end is no news to who never heard of the beginning.
    if (ended === undefined && content.status === 'resolved') continue;
    const why = failed.map(({ reason }) => notTaken(reason));
    const answer = ended ?? (await tell(other, told(other, content, why), contextOf(context, place)));
    if (answer.kind === 'delivered') {
      return withReferences({ kind: 'delivered', insteadOf: why }, [
        ...references,
        referenceOf(place, content, answer),
      ]);
    }
    failed.push(answer);
  }
  return together(failed);
}

/** Tells who has taken it, the first or those in its place, that somebody has taken it on. */
export async function acknowledgeInOrder(
  acknowledge: Tell,
  target: NotificationTarget,
  content: NotificationContent,
  context: NotificationContext,
): Promise<NotificationResult> {
  const { first, others } = inOrder(target);
  const results = await Promise.all([
    acknowledge(first, content, context),
    ...others.flatMap((other, place) =>
      wasTold(context, place) ? [acknowledge(other, content, contextOf(context, place))] : [],
    ),
  ]);
  return results.find(({ kind }) => kind === 'retry') ?? results[0]!;
}

type Failed = Exclude<NotificationResult, { readonly kind: 'delivered' }>;

/** @example "pagerduty did not take this: 404 no such key" */
function notTaken(reason: string): string {
  const [kind = '', ...rest] = reason.split(':');
  return rest.length === 0 ? `Not taken: ${reason}` : `${kind} did not take this:${rest.join(':')}`;
}

/** With why it comes here. The body of a webhook has no place for remarks, so there they are an annotation. */
function told(
  { kind }: NotificationTarget,
  content: NotificationContent,
  why: readonly string[],
): NotificationContent {
  const remarks = [...why, ...content.remarks];
  if (kind !== 'webhook') return { ...content, remarks };
  const commonAnnotations = { ...content.commonAnnotations, remarks: remarks.join('\n') };
  return { ...content, remarks, commonAnnotations };
}

function wasTold({ previous }: NotificationContext, place: number): boolean {
  return previous?.[`otherwise.${place}.${TOLD}`] === 'firing';
}

function hearsOf({ status }: NotificationContent, { kind, fields }: NotificationTarget): boolean {
  if (status !== 'resolved') return false;
  const written = fields.send_resolved;
  return written === undefined
    ? (CHANNEL_FIELDS[kind]?.sendResolved ?? true)
    : /^(true|yes|on|y)$/i.test(String(written));
}

function contextOf(context: NotificationContext, place: number): NotificationContext {
  const prefix = `otherwise.${place}.`;
  const { previous = {}, idempotencyKey, now } = context;
  const own = Object.entries(previous).filter(
    ([name]) => name.startsWith(prefix) && name !== `${prefix}${TOLD}`,
  );
  return {
    idempotencyKey: `${idempotencyKey}.otherwise${place}`,
    now,
    ...(own.length > 0 && {
      previous: Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value])),
    }),
  };
}

function referenceOf(
  place: number,
  { status }: NotificationContent,
  answer: NotificationResult,
): Readonly<Record<string, string>> {
  if (answer.kind !== 'delivered') return {};
  const prefix = `otherwise.${place}.`;
  const own = Object.entries(answer.reference ?? {}).map(([name, value]) => [`${prefix}${name}`, value]);
  return { ...Object.fromEntries(own), [`${prefix}${TOLD}`]: status };
}

function withReferences(
  result: Extract<NotificationResult, { readonly kind: 'delivered' }>,
  references: readonly Readonly<Record<string, string>>[],
): NotificationResult {
  const all = Object.assign({}, result.reference, ...references) as Record<string, string>;
  return Object.keys(all).length === 0 ? result : { ...result, reference: all };
}

/** None took it: as long as one may, it is tried again from the first on. */
function together(failed: readonly Failed[]): NotificationResult {
  const reason = failed.map((one) => one.reason).join('; ');
  const again = failed.filter((one) => one.kind === 'retry');
  if (again.length === 0) return { kind: 'refused', reason };
  const waits = again.map(({ afterMs }) => afterMs ?? 0);
  const afterMs = Math.min(...waits);
  return { kind: 'retry', reason, ...(afterMs > 0 && { afterMs }) };
}
