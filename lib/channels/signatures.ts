// Whether a call that comes in is from whom it says: Slack, PagerDuty and our own webhooks sign with a shared secret.
// Every comparison takes the same time wherever the difference is. SNS: lib/channels/sns-signature.ts.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Why a call is not believed; counted. */
export type SignatureFault = 'missing' | 'malformed' | 'expired' | 'mismatch' | 'replayed';

export type SignatureCheck =
  /** @property id the same for the same call sent again, for whoever remembers what was handled */
  { readonly ok: true; readonly id: string } | { readonly ok: false; readonly fault: SignatureFault };

/** Slack says to refuse what is older. @see docs.slack.dev/authentication/verifying-requests-from-slack */
export const SIGNATURE_WINDOW_MS = 5 * 60_000;

export interface SlackCall {
  /** Header `X-Slack-Request-Timestamp`. */
  readonly timestamp: string | undefined;
  /** Header `X-Slack-Signature`. */
  readonly signature: string | undefined;
  /** As it came, before anything reads it. */
  readonly body: string | Uint8Array;
}

/**
 * @param secrets signing secrets that count; more than one while one replaces another
 * @param now epoch milliseconds
 */
export function verifySlack(call: SlackCall, secrets: readonly string[], now: number): SignatureCheck {
  const { timestamp, signature, body } = call;
  if (!timestamp || !signature) return { ok: false, fault: 'missing' };
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) {
    return { ok: false, fault: 'malformed' };
  }
  if (!isNear(Number(timestamp), now)) return { ok: false, fault: 'expired' };
  const given = Buffer.from(signature.slice('v0='.length), 'hex');
  return matchesAny([given], secrets, [`v0:${timestamp}:`, body])
    ? { ok: true, id: signature }
    : { ok: false, fault: 'mismatch' };
}

/**
 * PagerDuty's webhooks of version 3. They carry no time: who handles them must remember ids.
 * @param header `X-PagerDuty-Signature`: one signature for each secret, with commas between
 * @see developer.pagerduty.com/docs/verifying-webhook-signatures
 */
export function verifyPagerDuty(
  header: string | undefined,
  body: string | Uint8Array,
  secrets: readonly string[],
): SignatureCheck {
  if (!header) return { ok: false, fault: 'missing' };
  const parts = header.split(',').map((part) => part.trim());
  const signatures = parts.flatMap((part) => (/^v1=[0-9a-f]{64}$/.test(part) ? [part.slice(3)] : []));
  // Other versions may stand beside ours.
  if (signatures.length === 0) return { ok: false, fault: 'malformed' };
  const given = signatures.map((signature) => Buffer.from(signature, 'hex'));
  const found = given.find((one) => matchesAny([one], secrets, [body]));
  return found === undefined
    ? { ok: false, fault: 'mismatch' }
    : { ok: true, id: `v1=${found.toString('hex')}` };
}

/**
 * Our own webhooks; see signBody() in lib/channels/webhook.ts.
 * @param header `X-Tidewatch-Signature`: `t=<seconds>,v1=<64 hexadecimal digits>`
 * @param now epoch milliseconds
 */
export function verifyTidewatch(
  header: string | undefined,
  body: string | Uint8Array,
  secrets: readonly string[],
  now: number,
): SignatureCheck {
  if (!header) return { ok: false, fault: 'missing' };
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (seconds === undefined || hex === undefined) return { ok: false, fault: 'malformed' };
  if (!isNear(Number(seconds), now)) return { ok: false, fault: 'expired' };
  return matchesAny([Buffer.from(hex, 'hex')], secrets, [`${seconds}.`, body])
    ? { ok: true, id: header }
    : { ok: false, fault: 'mismatch' };
}

/**
 * Remembers what was handled within the window: a call that was recorded and sent again is refused by the instance that
 * saw it. Whoever must refuse it in all instances keeps ids in the state table.
 */
export class ReplayGuard {
  private readonly seen = new Map<string, number>();
  private readonly capacity: number;

  /** @param capacity ids at most; the oldest go first */
  constructor(capacity = 10_000) {
    this.capacity = capacity;
  }

  /** @returns `check`, or `replayed` if its id came before @param now epoch milliseconds */
  once(check: SignatureCheck, now: number): SignatureCheck {
    if (!check.ok) return check;
    for (const [id, until] of this.seen) {
      if (until > now && this.seen.size < this.capacity) break;
      this.seen.delete(id);
    }
    if ((this.seen.get(check.id) ?? 0) > now) return { ok: false, fault: 'replayed' };
    // A call is accepted from before its time until after it.
    this.seen.set(check.id, now + 2 * SIGNATURE_WINDOW_MS);
    return check;
  }
}

function isNear(seconds: number, now: number): boolean {
  return Math.abs(now - seconds * 1_000) <= SIGNATURE_WINDOW_MS;
}

/** No early end: what is compared is all compared. An empty secret matches nothing. */
function matchesAny(
  given: readonly Buffer[],
  secrets: readonly string[],
  signed: readonly (string | Uint8Array)[],
): boolean {
  let isMatch = false;
  for (const secret of secrets) {
    if (secret === '') continue;
    const mac = createHmac('sha256', secret);
    for (const part of signed) mac.update(part);
    const expected = mac.digest();
    for (const one of given) {
      if (one.byteLength === expected.byteLength && timingSafeEqual(one, expected)) isMatch = true;
    }
  }
  return isMatch;
}
