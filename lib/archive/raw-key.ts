// Where a raw object lies in the archive bucket: by signal, tenant and the minute in which its requests were accepted.
import { createHash } from 'node:crypto';
import { SIGNALS, type Signal } from '../model/signal.ts';

export const RAW_PREFIX = 'raw/';

/** Longer encoded tenants are cut, and a digest keeps them apart. */
const MAX_TENANT_CHARS = 160;

/**
 * A tenant's name as part of a key; different names stay different.
 * @returns 1..193 characters of `[A-Za-z0-9._~-]`: other bytes (UTF-8) become `~HH`, a dot in front too
 * @example tenantPart('shop/eu') // 'shop~2Feu'
 */
export function tenantPart(tenant: string): string {
  let part = '';
  for (const byte of Buffer.from(tenant)) {
    const char = String.fromCharCode(byte);
    const plain = /[A-Za-z0-9_-]/.test(char) || (char === '.' && part !== '');
    part += plain ? char : `~${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (part !== '' && part.length <= MAX_TENANT_CHARS) return part;
  const digest = createHash('sha256').update(tenant).digest('hex').slice(0, 32);
  return `${part.slice(0, MAX_TENANT_CHARS)}~${digest}`;
}

/** Key prefix of everything a tenant sent of one signal in one minute (UTC). @example 'raw/logs/tenant=t/dt=2026-11-22/hh=05/mm=07/' */
export function rawMinutePrefix(signal: Signal, tenant: string, acceptedAtMs: number): string {
  const time = new Date(acceptedAtMs).toISOString();
  const [date, hour, minute] = [time.slice(0, -14), time.slice(-13, -11), time.slice(-10, -8)];
  return `${RAW_PREFIX}${signal}/tenant=${tenantPart(tenant)}/dt=${date}/hh=${hour}/mm=${minute}/`;
}

/** @param digest over the entries, as `writeRawObject` gives it */
export function rawKey(signal: Signal, tenant: string, acceptedAtMs: number, digest: string): string {
  return `${rawMinutePrefix(signal, tenant, acceptedAtMs)}${digest}.otlp.zst`;
}

export interface RawKeyParts {
  readonly signal: Signal;
  /** As it stands in the key; the object's header has the name itself. */
  readonly tenantPart: string;
  /** Start of the minute, epoch milliseconds. */
  readonly minuteMs: number;
  readonly digest: string;
}

/** Takes a key apart; undefined for a key that is none of a raw object. */
export function parseRawKey(key: string): RawKeyParts | undefined {
  const match =
    /^raw\/([a-z]+)\/tenant=([^/]+)\/dt=(\d{4}-\d\d-\d\d)\/hh=(\d\d)\/mm=(\d\d)\/([0-9a-f]{32})\.otlp\.zst$/.exec(
      key,
    );
  if (match === null) return undefined;
  const [, name, tenant, date, hour, minute, digest] = match as unknown as string[];
  const signal = SIGNALS.find((known) => known === name);
  const minuteMs = Date.parse(`${date}T${hour}:${minute}:00Z`);
  if (signal === undefined || Number.isNaN(minuteMs)) return undefined;
  return { signal, tenantPart: tenant!, minuteMs, digest: digest! };
}
