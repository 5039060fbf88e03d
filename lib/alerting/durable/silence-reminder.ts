// Beyond Alertmanager: before a silence ends an alert says so, with who made it and why, and goes the way of all alerts.
import type { Alert } from '../../model/alert.ts';
import type { SilenceRecord, StoredMatcher } from '../ports.ts';

export const SILENCE_ENDS = 'TidewatchSilenceEnds';
/** A silence must last so many times longer than its reminder comes ahead; a short one needs none. */
const MIN_SHARE = 4;

/**
 * Reminders that are due. The same at each call until the silence ends, so sending them again is no news.
 * @param now epoch milliseconds @param aheadMs how long before the end; 0 for no reminders
 */
export function silenceReminders(silences: readonly SilenceRecord[], now: number, aheadMs: number): Alert[] {
  return silences
    .filter(
      ({ startsAt, endsAt }) =>
        startsAt <= now &&
        now < endsAt &&
        endsAt - now <= aheadMs &&
        endsAt - startsAt >= MIN_SHARE * aheadMs,
    )
    .map(({ id, matcherSets, endsAt, createdBy, comment }) => ({
      labels: { alertname: SILENCE_ENDS, severity: 'info', silence: id },
      annotations: {
        summary: `A silence ends at ${new Date(endsAt).toISOString()}: ${matcherSets.map(setText).join(' or ')}`,
        description: `Made by ${createdBy || 'somebody'}: ${comment || 'no comment'}`,
      },
      startsAt: endsAt - aheadMs,
      endsAt,
      generatorUrl: '',
      source: 'silence',
    }));
}

/** @example setText([{ name: 'team', operator: '=', value: 'web' }]) // '{team="web"}' */
function setText(set: readonly StoredMatcher[]): string {
  return `{${set.map(({ name, operator, value }) => `${name}${operator}${JSON.stringify(value)}`).join(', ')}}`;
}
