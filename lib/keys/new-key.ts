// What `tidewatch keys create` makes: a key's text for its holder, and a record without the secret to keep.
import { PermanentError } from '../model/errors.ts';
import { isScope, SCOPES, type Scope } from '../model/scope.ts';
import { hashSecret, type KeyRecord, keyText, makeKey } from './ingest-key.ts';

/** What a sender of telemetry needs. */
export const INGEST_SCOPES: readonly Scope[] = ['ingest:traces', 'ingest:metrics', 'ingest:logs'];

/** Tenants are part of object keys and dimensions. */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const MAX_NAME_LENGTH = 100;

export interface KeyWish {
  /** For people: who holds it. */
  readonly name: string;
  readonly tenant: string;
  /** Scopes, or `ingest` for the three of a sender of telemetry; one text may hold several, with commas between. */
  readonly scopes: readonly string[];
}

/**
 * Makes a key as wished.
 * @param random gives that many random bytes
 * @param nowMs epoch milliseconds
 * @throws PermanentError `wrongUsage` saying what is allowed
 */
export function newKey(
  wish: KeyWish,
  random: (bytes: number) => Uint8Array,
  nowMs: number,
): { readonly text: string; readonly record: KeyRecord } {
  if (!TENANT.test(wish.tenant)) {
    throw refusal('a tenant of letters, digits, ".", "_" and "-", at most 64', wish.tenant);
  }
  if (wish.name.trim() === '' || wish.name.length > MAX_NAME_LENGTH) {
    throw refusal(`a name of 1 to ${MAX_NAME_LENGTH} characters`, wish.name);
  }
  const scopes = parseScopes(wish.scopes);
  const key = makeKey(random);
  const record: KeyRecord = {
    id: key.id,
    hash: hashSecret(key.secret),
    tenant: wish.tenant,
    scopes,
    name: wish.name,
    createdAt: nowMs,
  };
  return { text: keyText(key), record };
}

function parseScopes(texts: readonly string[]): Scope[] {
  const scopes = new Set<Scope>();
  for (const word of texts.flatMap((text) => text.split(',')).map((text) => text.trim())) {
    if (word === 'ingest') for (const scope of INGEST_SCOPES) scopes.add(scope);
    else if (isScope(word)) scopes.add(word);
    else throw refusal(`scopes among ingest, ${SCOPES.join(', ')}`, word);
  }
  if (scopes.size === 0) throw refusal('at least one scope', '');
  return [...scopes];
}

function refusal(expected: string, got: string): PermanentError {
  return new PermanentError('wrongUsage', `expected ${expected}, got ${JSON.stringify(got)}`);
}
