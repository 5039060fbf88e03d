// Tidewatch keys: how one is made, read from text and checked. Used by ingest-otlp on each request, so nothing but
// node:crypto is loaded; where keys are kept is ports.ts and lib/aws/key-store.ts.
import { createHash, timingSafeEqual } from 'node:crypto';
import { isScope, type Scope } from '../model/scope.ts';

/** A key's two parts; its text is `tw_<id>_<secret>`. */
export interface KeyParts {
  /** 12 characters a-z0-9; public, names the key in lists and logs. */
  readonly id: string;
  /** 43 characters base64url: 32 random bytes. May hold `_`. */
  readonly secret: string;
}

/** What is stored of a key. The secret itself is never stored. */
export interface KeyRecord {
  readonly id: string;
  /** SHA-256 of the secret's text, 64 lower-case hex digits. */
  readonly hash: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds; undefined while the key is valid. */
  readonly revokedAt?: number;
}

/** The answer to "may this key do that?"; everything but `accepted` is a refusal with its reason. */
export type KeyVerdict = 'accepted' | 'unknownKey' | 'wrongSecret' | 'revoked' | 'scopeMissing';

const ID_LENGTH = 12;
const SECRET_BYTES = 32;
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Bytes from here on are drawn again, so that each character is equally likely. */
const ID_BYTE_LIMIT = 256 - (256 % ID_ALPHABET.length);
const KEY_PATTERN = /^tw_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
/** Compared with when a key is unknown, so that an unknown id takes as long as a wrong secret. */
const NO_HASH = '0'.repeat(64);

/**
 * Makes a new key.
 * @param random gives that many random bytes, such as `randomBytes` of node:crypto
 */
export function makeKey(random: (bytes: number) => Uint8Array): KeyParts {
  let id = '';
  while (id.length < ID_LENGTH) {
    for (const byte of random(ID_LENGTH)) {
      if (byte < ID_BYTE_LIMIT && id.length < ID_LENGTH) id += ID_ALPHABET[byte % ID_ALPHABET.length];
    }
  }
  return { id, secret: Buffer.from(random(SECRET_BYTES)).toString('base64url') };
}

/** The text a user puts into a header. @example `tw_abcdefghij01_…` */
export function keyText(key: KeyParts): string {
  return `tw_${key.id}_${key.secret}`;
}

/** Reads a key's text; undefined when it is not one. The secret may hold `_`: the text is split at the first two. */
export function parseKey(text: string): KeyParts | undefined {
  const match = KEY_PATTERN.exec(text);
  return match === null ? undefined : { id: match[1] as string, secret: match[2] as string };
}

/** SHA-256 of a secret's text: 64 lower-case hex digits. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/**
 * Whether a presented key may do what `scope` says. Hashes are compared in constant time, and an unknown key costs
 * the same as a wrong secret.
 * @param record what is stored under `presented.id`, undefined when nothing is
 */
export function checkKey(record: KeyRecord | undefined, presented: KeyParts, scope: Scope): KeyVerdict {
  const same = sameHash(hashSecret(presented.secret), record?.hash ?? NO_HASH);
  if (record === undefined) return 'unknownKey';
  if (!same) return 'wrongSecret';
  if (record.revokedAt !== undefined) return 'revoked';
  return record.scopes.includes(scope) ? 'accepted' : 'scopeMissing';
}

/** The scopes among stored words; words that a newer version wrote are left out. */
export function knownScopes(words: readonly string[]): Scope[] {
  return words.filter(isScope);
}

function sameHash(left: string, right: string): boolean {
  const a = Buffer.from(left, 'hex');
  const b = Buffer.from(right, 'hex');
  return a.length === b.length && timingSafeEqual(a, b);
}
