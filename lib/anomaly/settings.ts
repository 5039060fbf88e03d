// What decides whether a row of a metric is an anomaly. The figures were chosen by leaving files out of the
// development data, never for one file: docs/decisions/0090-two-detector-heads.md.

/** Which detector speaks: novelty = never seen before, deviation = far from its usual level. */
export type DetectorHead = 'novelty' | 'deviation' | 'both';

/** A feature of the recent rows whose range the novelty head remembers. */
export type NoveltyFeature = 'value' | 'shortResidual' | 'longResidual' | 'roughness' | 'level' | 'change';

/** A period that is neither judged nor learned: a load test, a migration. Epoch milliseconds, `to` is outside. */
export interface ExcludedPeriod {
  readonly from: number;
  readonly to: number;
}

export interface DetectorSettings {
  readonly head: DetectorHead;
  /** Alerts need this many times the usual evidence: 0.5 is twice as sensitive, 2 half as much. */
  readonly strictness: number;
  /** No band goes below this, such as 0 for counts. */
  readonly minimum?: number;
  /** No band goes above this, such as 100 for percentages. */
  readonly maximum?: number;
  readonly excluded: readonly ExcludedPeriod[];
  readonly novelty: NoveltySettings;
}

/** The score from which a row is an alert, for every head and metric. */
export const ALERT_SCORE = 0.5;

/** Rows in the longest window of recent values. */
export const RECENT_ROWS = 36;

/** What the novelty head goes by; other values than `noveltySettings` serve only to compare. */
export interface NoveltySettings {
  /** How much each feature counts: excess over the seen range as a share of that range, times this. */
  readonly weights: Readonly<Record<NoveltyFeature, number>>;
  /** Weighted excess that is worth a score of 0.5. */
  readonly alertExcess: number;
  /** Rows of `shortResidual` and `level`; the other windows have RECENT_ROWS. */
  readonly shortRows: number;
  /** Warm-up: this many days of rows, within these bounds. */
  readonly warmUpDays: number;
  readonly warmUpRowsMin: number;
  readonly warmUpRowsMax: number;
  /** Residual features also need this many days, because there is no residual on the first. */
  readonly residualWarmUpDays: number;
  /** A range grows by at most this share of itself a row, so that one spike does not blind it. */
  readonly growth: number;
  /** A feature's range is never taken for narrower than this share of the value's: rounding is no news. */
  readonly rangeFloor: number;
  /** After an alert only something worse counts, for this many days of rows, within these bounds. */
  readonly restDays: number;
  readonly restRowsMin: number;
  readonly restRowsMax: number;
}

export const noveltySettings: NoveltySettings = {
  weights: { value: 1, shortResidual: 0.75, longResidual: 0.5, roughness: 0.25, level: 0.25, change: 0.5 },
  alertExcess: 0.0175,
  shortRows: 17,
  warmUpDays: 2.5,
  warmUpRowsMin: 200,
  warmUpRowsMax: 3600,
  residualWarmUpDays: 3,
  growth: 0.5,
  rangeFloor: 1e-3,
  restDays: 1,
  restRowsMin: 72,
  restRowsMax: 225,
};

export const defaultDetectorSettings: DetectorSettings = {
  head: 'both',
  strictness: 1,
  excluded: [],
  novelty: noveltySettings,
};

export const deviationSettings = {
  /** Weights of a new row in the running means: about 300 and 100 rows of memory. */
  rates: [0.003, 0.01],
  /** Standard deviations that are worth a score of 0.5 at hourly steps or longer. */
  alertDeviations: 4.5,
  /** More are asked for each halving of the step below an hour, so that a day holds as few false alarms. */
  deviationsPerHalving: 0.25,
  /** The same when both heads speak: the novelty head already covers what is new. */
  deviationsPerHalvingBeside: 3,
  /** Beside the novelty head, an alert also silences lesser ones for this many days, and so many more a halving. */
  restDaysBeside: 0.25,
  restRowsMax: 300,
  /**
   * Beside the deviation head, what is new is an alert only when it is this many deviations away too; else its score
   * is at most `unsupportedScore`.
   */
  deviationsToSupport: 2,
  unsupportedScore: 0.45,
  /** A row moves mean and deviation by at most this many deviations: an incident is not learned as normal. */
  learnAtMost: 10,
  /** Rows before the first score. */
  warmUpRows: 24,
  /** A residual's deviation is never taken for less than this share of the value's. */
  deviationFloor: 1e-4,
  /** Without any deviation yet, the first change counts as this many. */
  deviationsOfFirstChange: 100,
} as const;

/** Days and neighbouring slots whose median is the seasonal baseline. */
export const seasonalSettings = { days: 7, slotsAround: 2, slotsPerDayMax: 1440 } as const;

/** Larger values are taken for this: squares stay finite and 32-bit floats hold it. */
export const LARGEST_VALUE = 1e37;
