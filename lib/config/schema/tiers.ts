// The section `tiers`: hot, warm, cold, frozen. Ages that S3 refuses are errors; ages that only cost are warnings.
import type { z } from 'zod';
import { TIER_DEFAULTS, type TierSettings } from '../../archive/settings.ts';
import type { Problem } from '../problem.ts';
import { days, logRetention, section } from './parts.ts';

/** Days that are billed at least. @see S3 storage classes, 2026-11 */
const GLACIER_IR_MINIMUM_DAYS = 90;
const DEEP_ARCHIVE_MINIMUM_DAYS = 180;
/** Data is read most in its first month; a read from Glacier Instant Retrieval costs $0.03 a GB. */
const READ_OFTEN_DAYS = 31;

export const tiersSchema = section({
  hot: logRetention().optional(),
  coldFrom: days().optional(),
  frozenFrom: days().optional(),
  expireAfter: days().optional(),
});

type Tiers = z.output<typeof tiersSchema>;

export function tierSettings(tiers: Tiers): TierSettings {
  return {
    hotDays: tiers.hot ?? TIER_DEFAULTS.hotDays,
    coldFromDay: tiers.coldFrom ?? TIER_DEFAULTS.coldFromDay,
    frozenFromDay: tiers.frozenFrom ?? TIER_DEFAULTS.frozenFromDay,
    ...(tiers.expireAfter !== undefined && { expireOnDay: tiers.expireAfter }),
  };
}

/** How the tiers must, and should, follow each other. */
export function tierProblems(tiers: Tiers): Problem[] {
  const { coldFromDay: cold, frozenFromDay: frozen, expireOnDay: expire } = tierSettings(tiers);
  const rules: readonly { wrong: boolean; level: Problem['level']; key: string; message: string }[] = [
    {
      wrong: frozen <= cold,
      level: 'error',
      key: 'frozenFrom',
      message: `expected later than coldFrom (${cold}d), got "${frozen}d"`,
    },
    {
      wrong: expire !== undefined && expire <= frozen,
      level: 'error',
      key: 'expireAfter',
      message: `expected later than frozenFrom (${frozen}d), got "${expire}d"`,
    },
    {
      wrong: cold < READ_OFTEN_DAYS,
      level: 'warning',
      key: 'coldFrom',
      message: `"${cold}d" is early: reading from Glacier Instant Retrieval costs $0.03 a GB and objects are billed for ${GLACIER_IR_MINIMUM_DAYS} days there; from "${READ_OFTEN_DAYS}d" on little is read`,
    },
    {
      wrong: frozen > cold && frozen < cold + GLACIER_IR_MINIMUM_DAYS,
      level: 'warning',
      key: 'frozenFrom',
      message: `"${frozen}d" pays twice: Glacier Instant Retrieval bills at least ${GLACIER_IR_MINIMUM_DAYS} days, so "${cold + GLACIER_IR_MINIMUM_DAYS}d" costs no more and is readable at once until then`,
    },
    {
      wrong: expire !== undefined && expire > frozen && expire < frozen + DEEP_ARCHIVE_MINIMUM_DAYS,
      level: 'warning',
      key: 'expireAfter',
      message: `"${expire}d" deletes what is still paid for: Deep Archive bills at least ${DEEP_ARCHIVE_MINIMUM_DAYS} days, until "${frozen + DEEP_ARCHIVE_MINIMUM_DAYS}d"`,
    },
  ];
  return rules
    .filter((rule) => rule.wrong)
    .map(({ level, key, message }) => ({ level, path: `tiers.${key}`, message }));
}
