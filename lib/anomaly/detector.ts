// One metric, row by row: two heads score each row from rows seen so far, never from later ones.
import { PermanentError } from '../model/errors.ts';
import { alertDeviations, DeviationHead, halvings } from './deviation.ts';
import { NoveltyHead } from './novelty.ts';
import { RecentRows } from './recent-rows.ts';
import { SamplingStep } from './sampling-step.ts';
import { SeasonalHistory } from './seasonal-history.ts';
import {
  type DetectorSettings,
  defaultDetectorSettings,
  deviationSettings,
  LARGEST_VALUE,
  type NoveltyFeature,
} from './settings.ts';
import { StateReader, StateWriter } from './state-bytes.ts';

/** What the detector says of one row. */
export interface Verdict {
  /** Of the chosen head, 0..1; an alert from ALERT_SCORE on. */
  readonly score: number;
  readonly novelty: number;
  readonly deviation: number;
  /** How much of the warm-up is done, 0..1; scores are 0 until a head has warmed up. */
  readonly warmUp: number;
  /** The usual value at this time; NaN until it is known. */
  readonly expected: number;
  /** The usual band, as wide as the deviation head tolerates, within the metric's own bounds; NaN until it is known. */
  readonly low: number;
  readonly high: number;
  /** Half of the band's width before the metric's bounds cut it; NaN until it is known. */
  readonly reach: number;
  /** What the novelty head saw leave its range. */
  readonly leading: NoveltyFeature | undefined;
}

const STATE_VERSION = 1;
/** What a JavaScript date can hold, in milliseconds. */
const LARGEST_TIME = 8.64e15;
const silent = {
  score: 0,
  novelty: 0,
  deviation: 0,
  expected: Number.NaN,
  low: Number.NaN,
  high: Number.NaN,
  reach: Number.NaN,
  leading: undefined,
} as const;

/** Maps evidence to 0..1 with `alertAt` at one half. */
const calibrated = (evidence: number, alertAt: number): number => evidence / (evidence + alertAt);

/** A streaming detector of one metric. */
export class Detector {
  readonly #settings: DetectorSettings;
  readonly #step = new SamplingStep();
  readonly #novelty: NoveltyHead;
  readonly #deviation = new DeviationHead();
  readonly #values = new RecentRows();
  readonly #residuals = new RecentRows();
  readonly #differences = new RecentRows();
  #history: SeasonalHistory;
  /** The first value: all is kept relative to it, so that single precision is enough. */
  #origin = Number.NaN;

  constructor(settings: Partial<DetectorSettings> = {}) {
    this.#settings = { ...defaultDetectorSettings, ...settings };
    this.#novelty = new NoveltyHead(this.#settings.novelty);
    this.#history = new SeasonalHistory(this.#step.slotsPerDay);
  }

  /**
   * Scores the next row and learns it. A missing or infinite value and a row of an excluded period score 0 and teach
   * nothing; a duplicate or backward time is scored like any row; a time that is no number is taken to be one step
   * after the last.
   * @param time epoch milliseconds
   */
  push(time: number, value: number): Verdict {
    const at = Math.abs(time) <= LARGEST_TIME ? time : this.#step.nextTime();
    if (!Number.isFinite(value) || this.#isExcluded(at)) return { ...silent, warmUp: this.#warmUp() };
    if (this.#step.observe(at)) this.#changeStep();
    const bounded = Math.min(LARGEST_VALUE, Math.max(-LARGEST_VALUE, value));
    if (Number.isNaN(this.#origin)) this.#origin = bounded;
    const x = bounded - this.#origin;

    const baseline = this.#history.baseline(at);
    const residual = x - baseline;
    const hasResidual = !Number.isNaN(residual);
    const before = this.#values.back(0);
    this.#values.push(x);
    this.#differences.push(before === undefined ? 0 : Math.abs(x - before));
    this.#residuals.push(hasResidual ? residual : 0);
    this.#history.record(at, x);

    const slots = this.#step.slotsPerDay;
    const excess = this.#novelty.push(this.#values, this.#residuals, this.#differences, hasResidual, slots);
    const usual = this.#deviation.expected(baseline);
    const deviations = this.#deviation.push(x, residual);
    return this.#verdict(excess, deviations, usual);
  }

  /** Unlearns the seasonal memory of a period; ranges and means only forget by replay without it. */
  forget(from: number, to: number): void {
    this.#history.forget(from, to);
  }

  /** The state as bytes: at most 16 KB at 5-minute steps, 64 KB at 1 minute. */
  save(): Uint8Array {
    const writer = new StateWriter();
    writer.number(STATE_VERSION);
    this.#step.save(writer);
    writer.number(this.#origin);
    for (const part of this.#parts()) part.save(writer);
    return writer.bytes(this.#history.slots);
  }

  /**
   * A detector that goes on where `save` left off.
   * @throws PermanentError `malformed` for bytes of another version or length
   */
  static restore(bytes: Uint8Array, settings: Partial<DetectorSettings> = {}): Detector {
    const reader = new StateReader(bytes);
    const version = reader.number();
    if (version !== STATE_VERSION) {
      throw new PermanentError(
        'malformed',
        `detector state has version ${version}, expected ${STATE_VERSION}`,
      );
    }
    const detector = new Detector(settings);
    detector.#step.load(reader);
    detector.#history = new SeasonalHistory(detector.#step.slotsPerDay);
    detector.#origin = reader.number();
    for (const part of detector.#parts()) part.load(reader);
    reader.tail(detector.#history.slots);
    return detector;
  }

  #parts() {
    return [
      this.#history,
      this.#values,
      this.#residuals,
      this.#differences,
      this.#novelty,
      this.#deviation,
    ] as const;
  }

  #verdict(
    excess: number,
    deviations: number,
    usual: { centre: number; deviation: number } | undefined,
  ): Verdict {
    const { head, strictness, minimum, maximum } = this.#settings;
    const slots = this.#step.slotsPerDay;
    const { deviationsPerHalving, deviationsPerHalvingBeside, restDaysBeside, restRowsMax } =
      deviationSettings;
    const { deviationsToSupport, unsupportedScore } = deviationSettings;
    const alertAt = strictness * alertDeviations(slots, deviationsPerHalving);
    const besideAt = strictness * alertDeviations(slots, deviationsPerHalvingBeside);
    const restRows = Math.round(restDaysBeside * (1 + halvings(slots)) * slots);
    const rested = this.#deviation.rest(deviations, Math.min(restRowsMax, restRows));
    const novelty = calibrated(excess, strictness * this.#settings.novelty.alertExcess);
    const deviation = calibrated(deviations, alertAt);
    const warm = this.#deviation.warmUp === 1;
    const supported = deviations >= deviationsToSupport ? novelty : Math.min(novelty, unsupportedScore);
    const score = { novelty, deviation, both: Math.max(supported, calibrated(rested, besideAt)) }[head];
    const centre = usual !== undefined && warm ? usual.centre + this.#origin : Number.NaN;
    const reach = usual === undefined ? 0 : alertAt * usual.deviation;
    const bounded = (edge: number): number =>
      Math.min(maximum ?? Number.POSITIVE_INFINITY, Math.max(minimum ?? Number.NEGATIVE_INFINITY, edge));
    return {
      score,
      novelty,
      deviation,
      warmUp: this.#warmUp(),
      expected: bounded(centre),
      low: bounded(centre - reach),
      high: bounded(centre + reach),
      reach: Number.isNaN(centre) ? Number.NaN : reach,
      leading: novelty > 0 ? this.#novelty.leading : undefined,
    };
  }

  #warmUp(): number {
    const novelty = this.#novelty.warmUp(this.#step.slotsPerDay);
    return this.#settings.head === 'deviation' ? this.#deviation.warmUp : novelty;
  }

  #changeStep(): void {
    this.#history = this.#history.resampled(this.#step.slotsPerDay);
    for (const window of [this.#values, this.#residuals, this.#differences]) window.clear();
    this.#novelty.restartWindows();
  }

  #isExcluded(time: number): boolean {
    return this.#settings.excluded.some(({ from, to }) => time >= from && time < to);
  }
}
