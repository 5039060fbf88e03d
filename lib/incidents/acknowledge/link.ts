// The link that acknowledges: what it is for, signed with HMAC-SHA-256. Whoever has it may acknowledge this incident as
// this recipient until it expires, and nothing else.
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface AcknowledgeClaim {
  readonly incident: string;
  /** Counts how often the incident began to fire: an old link does not silence a new fire. */
  readonly episode: number;
  readonly step: number;
  readonly recipient: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export type LinkVerdict =
  | { readonly kind: 'valid'; readonly claim: AcknowledgeClaim }
  | { readonly kind: 'expired'; readonly claim: AcknowledgeClaim }
  | { readonly kind: 'forged' };

/** Keeps signatures of this kind apart from others under the same secret. */
const PURPOSE = 'tidewatch/acknowledge/1';
const MAX_TOKEN_CHARS = 1_000;

/** @returns characters that stand in a path as they are */
export function acknowledgeToken(claim: AcknowledgeClaim, secret: string): string {
  const { incident, episode, step, recipient, expiresAt } = claim;
  const text = JSON.stringify([incident, episode, step, recipient, expiresAt]);
  const payload = Buffer.from(text).toString('base64url');
  return `${payload}.${signature(payload, secret).toString('base64url')}`;
}

/** Checks a token in a time that does not tell how much of it was right. @param now epoch milliseconds */
export function readAcknowledgeToken(token: string, secret: string, now: number): LinkVerdict {
  const [payload = '', given = '', ...more] = token.length > MAX_TOKEN_CHARS ? [] : token.split('.');
  const bytes = Buffer.from(given, 'base64url');
  const expected = signature(payload, secret);
  if (more.length > 0 || bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) {
    return { kind: 'forged' };
  }
  // What is signed was written by us.
  const [incident, episode, step, recipient, expiresAt] = JSON.parse(
    Buffer.from(payload, 'base64url').toString(),
  ) as [string, number, number, string, number];
  const claim = { incident, episode, step, recipient, expiresAt };
  return { kind: now < expiresAt ? 'valid' : 'expired', claim };
}

function signature(payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${PURPOSE}\n${payload}`).digest();
}

/** The address that a page links to. @param apiUrl without a slash at its end */
export function acknowledgeUrl(apiUrl: string, claim: AcknowledgeClaim, secret: string): string {
  return `${apiUrl}/ack/${acknowledgeToken(claim, secret)}`;
}

/** Lets a calendar program read a schedule without a key: programs send none. */
export function calendarSignature(schedule: string, secret: string): string {
  return createHmac('sha256', secret).update(`tidewatch/calendar/1\n${schedule}`).digest('base64url');
}

/** In constant time. */
export function isCalendarSignature(schedule: string, given: string, secret: string): boolean {
  const expected = Buffer.from(calendarSignature(schedule, secret));
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
