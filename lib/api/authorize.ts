// Who calls the API: a Tidewatch key as bearer token, as password of basic authentication (what Prometheus, Grafana,
// amtool and browsers can send), or in a header of its own.
import { checkKey, type KeyRecord, parseKey } from '../keys/ingest-key.ts';
import type { Scope } from '../model/scope.ts';
import { type ApiRefusal, refuseApi } from './refusal.ts';

export interface ApiKeyLookup {
  /**
   * What is stored of a key; undefined when nothing is.
   * @param deadlineMs epoch milliseconds by which the answer must be there
   */
  find(keyId: string, deadlineMs: number): Promise<KeyRecord | undefined>;
}

export interface Caller {
  readonly kind: 'caller';
  readonly name: string;
}

const SCHEME = /^(bearer|basic)(?:\s+|%20)(\S+)$/i;
const CHALLENGE = 'Bearer realm="tidewatch", Basic realm="tidewatch"';
const HOW =
  'send "Authorization: Bearer tw_…", or the key as the password of basic authentication (any user name); `tidewatch keys create --scopes …` makes one';

/**
 * Checks the key of a request; why a key is not valid is said only when it once was.
 * @throws what the look-up throws
 */
export async function authorize(
  headers: Readonly<Record<string, string>>,
  scope: Scope,
  keys: ApiKeyLookup,
  deadlineMs: number,
): Promise<Caller | ApiRefusal> {
  const text = keyText(headers);
  if (text === undefined) {
    return refuseApi('keyMissing', `a key with the scope ${scope} is needed`, HOW, {
      'www-authenticate': CHALLENGE,
    });
  }
  const presented = parseKey(text);
  if (presented === undefined) return invalid('the key has not the form tw_<id>_<secret>');
  const record = await keys.find(presented.id, deadlineMs);
  switch (checkKey(record, presented, scope)) {
    case 'accepted':
      return { kind: 'caller', name: record!.name };
    case 'unknownKey':
    case 'wrongSecret':
      return invalid('the key is not valid');
    case 'revoked':
      return refuseApi('keyRevoked', 'the key was revoked', HOW, { 'www-authenticate': CHALLENGE });
    case 'scopeMissing':
      return refuseApi(
        'scopeMissing',
        `the key lacks the scope ${scope}`,
        `make one that has it: tidewatch keys create --name … --scopes ${scope}`,
        { 'www-authenticate': `Bearer realm="tidewatch", error="insufficient_scope", scope="${scope}"` },
      );
  }
}

function invalid(message: string): ApiRefusal {
  return refuseApi('keyInvalid', message, HOW, { 'www-authenticate': CHALLENGE });
}

function keyText(headers: Readonly<Record<string, string>>): string | undefined {
  const own = headers['x-tidewatch-key']?.trim();
  if (own !== undefined && own !== '') return own;
  const [, scheme, value] = SCHEME.exec(headers.authorization?.trim() ?? '') ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  const password = pair.slice(colon + 1);
  // A URL with one name before the host gives a user and no password.
  return password === '' ? pair.slice(0, colon) : password;
}
