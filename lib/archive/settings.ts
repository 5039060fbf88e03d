// The storage tiers of everything that was received; defaults are in one constant.

export interface TierSettings {
  /** Days in CloudWatch Logs (hot). */
  readonly hotDays: number;
  /** From this day on objects are in Glacier Instant Retrieval (cold); before, in S3 Standard (warm). */
  readonly coldFromDay: number;
  /** From this day on objects are in Deep Archive (frozen). */
  readonly frozenFromDay: number;
  /** Objects are deleted on this day; undefined keeps them. */
  readonly expireOnDay?: number;
}

export const TIER_DEFAULTS: TierSettings = { hotDays: 7, coldFromDay: 31, frozenFromDay: 121 };
