// Alerts that begin, go on and end. Each is told on change, and again while it fires so that it does not run out.
import { ALERT_KINDS, type AlertKind, type Effect, type Firing } from './state.ts';

/** A firing alert is told again after so long (the alert contract). */
export const REPEAT_MS = 300_000;

/**
 * @param firing before
 * @param active what fires now, with the places of the pairs that burn
 * @param to end of the last minute: when an alert begins
 * @param now when it is told
 */
export function alertEffects(
  firing: Readonly<Partial<Record<AlertKind, Firing>>>,
  active: ReadonlyMap<AlertKind, readonly number[]>,
  to: number,
  now: number,
): { firing: Partial<Record<AlertKind, Firing>>; effects: Effect[] } {
  const after: Partial<Record<AlertKind, Firing>> = {};
  const effects: Effect[] = [];
  for (const alert of ALERT_KINDS) {
    const before = firing[alert];
    const pairs = active.get(alert);
    if (pairs === undefined) {
      if (before !== undefined) effects.push({ kind: 'resolved', alert, since: before.since, pairs: [] });
    } else if (before === undefined) {
      after[alert] = { since: to, saidAt: now };
      effects.push({ kind: 'fired', alert, since: to, pairs });
    } else {
      const isDue = now - before.saidAt >= REPEAT_MS;
      after[alert] = isDue ? { since: before.since, saidAt: now } : before;
      if (isDue) effects.push({ kind: 'stillFiring', alert, since: before.since, pairs });
    }
  }
  return { firing: after, effects };
}
