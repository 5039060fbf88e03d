// Scopes of a Tidewatch key: what its holder may do.

export const SCOPES = [
  'ingest:traces',
  'ingest:metrics',
  'ingest:logs',
  'alerts:write',
  'alerts:read',
  'silences:write',
  'ack',
  'slo:read',
  'slo:write',
] as const;

export type Scope = (typeof SCOPES)[number];

/** True when `value` is the name of a scope. */
export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}
