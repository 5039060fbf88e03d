// A silence over what has certain labels, from now: what a button in a message makes.
import type { SilenceRecord } from '../ports.ts';

export const BUTTON_SILENCE_MS = 3_600_000;
/** More than a group is ever of. */
const MAX_LABELS = 100;

/**
 * @param labels of the group, at least one of them with a value: a silence must not be over everything
 * @param id of the new silence
 * @param now epoch milliseconds
 * @returns undefined if such labels are none
 */
export function labelSilence(
  labels: unknown,
  { id, by, comment }: { readonly id: string; readonly by: string; readonly comment: string },
  now: number,
): SilenceRecord | undefined {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return undefined;
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS || !entries.some(([, value]) => value !== '')) return undefined;
  if (!entries.every(([, value]) => typeof value === 'string')) return undefined;
  return {
    id,
    matcherSets: [entries.map(([name, value]) => ({ name, operator: '=', value: String(value) }))],
    startsAt: now,
    endsAt: now + BUTTON_SILENCE_MS,
    updatedAt: now,
    createdBy: by,
    comment,
    annotations: {},
    version: 1,
  };
}
