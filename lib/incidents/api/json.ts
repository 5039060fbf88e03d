// JSON answers of the routes of incidents and on-call, and what they read.
import type { ApiResponse } from '../../api/route.ts';

export function json(status: number, body: unknown): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Epoch milliseconds of an ISO 8601 time with its offset, or of a day (UTC); undefined for anything else. */
export function timeOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !TIME.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** The object that a body holds; an empty body is an empty object. */
export function bodyObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function expected(what: string, got: unknown): ApiResponse {
  const text = JSON.stringify(got) ?? 'nothing';
  return json(400, { error: `expected ${what}, got ${text.length > 80 ? `${text.slice(0, 80)}…` : text}` });
}
