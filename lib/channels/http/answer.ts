// What an answer of HTTP means for a notification: one table for all, and what a channel says differently.
import type { ChannelResult } from '../channel.ts';
import { oneLine } from '../cut.ts';
import type { HttpAnswer } from '../ports.ts';

export type Verdict = 'delivered' | 'retry' | 'refused' | 'denied';

/** By status; what is not listed is looked up by its hundred. */
export type AnswerTable = Readonly<Record<number, Verdict>>;

/**
 * 2xx was taken, 5xx may go away, 4xx will not: RFC 9110 §15. 408, 425 and 429 are asked to be sent again. 401 and 403
 * may come from a secret that was changed. A redirect is not followed: a POST would become a GET.
 */
export const COMMON_ANSWERS: AnswerTable = {
  200: 'delivered',
  300: 'refused',
  400: 'refused',
  401: 'denied',
  403: 'denied',
  408: 'retry',
  425: 'retry',
  429: 'retry',
  500: 'retry',
};

/** Characters of an answer that a reason may hold before it is cut; secrets are hidden in between. */
const REASON_BODY = 8_000;

/** @example verdictOf(503) // 'retry' */
export function verdictOf(status: number, table: AnswerTable = COMMON_ANSWERS): Verdict {
  const all = { ...COMMON_ANSWERS, ...table };
  return all[status] ?? all[Math.floor(status / 100) * 100] ?? 'retry';
}

/**
 * @param now epoch milliseconds, for a Retry-After that is a date
 * @param reference kept for the next delivery, if this one was taken
 */
export function resultOf(
  answer: HttpAnswer,
  now: number,
  options: { readonly table?: AnswerTable; readonly reference?: Readonly<Record<string, string>> } = {},
): ChannelResult {
  const verdict = verdictOf(answer.status, options.table);
  if (verdict !== 'delivered') return failure(verdict, answer, now);
  return { kind: 'delivered', ...(options.reference !== undefined && { reference: options.reference }) };
}

/** A failure in the words of the answer. @param why what the channel read out of it, if it knows better */
export function failure(
  verdict: Exclude<Verdict, 'delivered'>,
  answer: HttpAnswer,
  now: number,
  why?: string,
): ChannelResult {
  const said = why ?? oneLine(answer.body.slice(0, REASON_BODY));
  const moved = answer.status >= 300 && answer.status < 400;
  const hint = moved ? ' (redirects are not followed: write the final address)' : '';
  const reason = `answered ${answer.status}${hint}${said === '' ? '' : `: ${said}`}`;
  if (verdict !== 'retry') return { kind: verdict, reason };
  const afterMs = retryAfterMs(answer, now);
  return { kind: 'retry', reason, ...(afterMs !== undefined && { afterMs }) };
}

/** Longer waits are asked for by mistake. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What `Retry-After` asks for: seconds or a date, RFC 9110 §10.2.3. @returns milliseconds, undefined if it says nothing */
export function retryAfterMs({ headers }: HttpAnswer, now: number): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, Math.ceil(ms))) : undefined;
}

/** The object that an answer holds; undefined if it is none. */
export function jsonOf({ body }: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A text in an answer's object, by the way to it; undefined if it is not there. */
export function textAt(value: unknown, ...way: readonly (string | number)[]): string | undefined {
  let at: unknown = value;
  for (const step of way) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return typeof at === 'string' || typeof at === 'number' ? String(at) : undefined;
}
