// The time for which a schedule calls: "now" of scheduled functions, also when the call comes late.
import { PermanentError } from '../model/errors.ts';

/** @param event `{ time }` in ISO 8601 @returns epoch milliseconds @throws PermanentError `wrongUsage` */
export function scheduledTime(event: unknown): number {
  const time = (event as { readonly time?: unknown } | null)?.time;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new PermanentError(
    'wrongUsage',
    `event.time: expected a time such as "2026-11-24T10:00:00Z", got ${JSON.stringify(time)}; call the function by its schedule`,
  );
}
