// Whether the sender may: the key from its header, what is stored of it, and the scope that its signal asks for.
import { checkKey, parseKey } from '../../keys/ingest-key.ts';
import type { Signal } from '../../model/signal.ts';
import type { KeyLookup } from './ports.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { OtlpRequest } from './request.ts';

export interface Sender {
  readonly kind: 'sender';
  readonly keyId: string;
  readonly tenant: string;
}

/** Header variables are percent-encoded, and some SDKs send them without decoding. */
const BEARER = /^Bearer(?:\s+|%20)(\S+)$/i;
const CHALLENGE = 'Bearer realm="tidewatch"';
const HOW = 'send "Authorization: Bearer tw_…" or "x-tidewatch-key: tw_…"';

/**
 * Checks the key of a request. Why a key is not valid is said only when it once was.
 * @throws what the look-up throws
 */
export async function authenticate(
  request: OtlpRequest,
  signal: Signal,
  keys: KeyLookup,
): Promise<Sender | (Refusal & { readonly keyId?: string })> {
  const { authorization } = request.headers;
  const text = request.headers['x-tidewatch-key']?.trim() ?? bearer(authorization);
  if (text === undefined) {
    const got = authorization === undefined ? '' : '; the Authorization header holds no bearer token';
    return refuse('keyMissing', `an ingest key is needed: ${HOW}${got}`, { 'www-authenticate': CHALLENGE });
  }
  const presented = parseKey(text);
  if (presented === undefined) return invalid('the ingest key has not the form tw_<id>_<secret>');
  const keyId = presented.id;
  const record = await keys.find(keyId, request.deadlineMs);
  const scope = `ingest:${signal}` as const;
  switch (checkKey(record, presented, scope)) {
    case 'accepted':
      return { kind: 'sender', keyId, tenant: record!.tenant };
    case 'unknownKey':
    case 'wrongSecret':
      return { ...invalid('the ingest key is not valid'), keyId };
    case 'revoked':
      return { ...refuse('keyRevoked', 'the ingest key was revoked', refusedToken), keyId };
    case 'scopeMissing': {
      const challenge = `${CHALLENGE}, error="insufficient_scope", scope="${scope}"`;
      const refusal = refuse('scopeMissing', `the ingest key lacks the scope ${scope}`, {
        'www-authenticate': challenge,
      });
      return { ...refusal, keyId };
    }
  }
}

const refusedToken = { 'www-authenticate': `${CHALLENGE}, error="invalid_token"` };

function invalid(message: string): Refusal {
  return refuse('keyInvalid', message, refusedToken);
}

function bearer(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization.trim())?.[1];
}
