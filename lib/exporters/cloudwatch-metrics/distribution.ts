// The values of one datum with how often each occurred: what histograms become before they are written.
import { grown } from './hash-slots.ts';
import { MAX_VALUE, MIN_VALUE } from './limits.ts';

const INITIAL_CAPACITY = 256;

/** Digits that derived values (middles of buckets) are written with; an error of at most 5e-5. */
const DIGITS = 5;

/** Values in their written form, one behind the other, so that neighbours are copied together. */
export class ValueTexts {
  readonly values: Float64Array;
  /** Each value in ASCII with a comma behind it. */
  readonly bytes: Buffer;
  /** Where value i starts; one more than values. */
  readonly offsets: Int32Array;
  /** True when neighbours are equal, at the very ends of the range. */
  readonly repeats: boolean;

  constructor(values: Float64Array) {
    this.values = values;
    this.offsets = new Int32Array(values.length + 1);
    let text = '';
    for (let i = 0; i < values.length; i++) {
      text += `${values[i]},`;
      this.offsets[i + 1] = text.length;
    }
    this.bytes = Buffer.from(text, 'latin1');
    this.repeats = values.some((value, i) => i > 0 && value === values[i - 1]);
  }
}

/** A reusable list of value and count pairs: single values, and runs of neighbours from ValueTexts. */
export class Distribution {
  length = 0;
  counts: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** Runs of entries; a single value is a run of one. */
  runs = 0;
  /** First entry of each run. */
  runEntries: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Of a run from texts, which they are and the first value's place there. */
  readonly runTexts: (ValueTexts | undefined)[] = [];
  runPlaces: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Of a single value, itself. */
  runValues: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** What would continue the last run: the texts of the run, and a place in them. */
  private openTexts: ValueTexts | undefined;
  private nextPlace = 0;

  clear(): void {
    this.length = 0;
    this.runs = 0;
    this.openTexts = undefined;
  }

  /** Appends a value; one that equals its predecessor is counted there. @param count > 0 */
  add(value: number, count: number): void {
    const kept = inRange(value);
    this.openTexts = undefined;
    if (this.length > 0 && this.lastValue === kept) {
      this.counts[this.length - 1] = (this.counts[this.length - 1] as number) + count;
      return;
    }
    const run = this.startRun();
    this.runTexts[run] = undefined;
    this.runValues[run] = kept;
    this.push(count);
  }

  /** Appends the value at `place` of some texts; one that equals its predecessor is counted there. @param count > 0 */
  addText(texts: ValueTexts, place: number, count: number): void {
    if (texts === this.openTexts && place === this.nextPlace) {
      this.nextPlace = place + 1;
      this.push(count);
      return;
    }
    if (this.length > 0 && this.lastValue === texts.values[place]) {
      this.counts[this.length - 1] = (this.counts[this.length - 1] as number) + count;
      return;
    }
    const run = this.startRun();
    this.runTexts[run] = texts;
    this.runPlaces[run] = place;
    this.openTexts = texts.repeats ? undefined : texts;
    this.nextPlace = place + 1;
    this.push(count);
  }

  /**
   * Spreads `count` over the values `first`…`end` of some texts, by whole numbers.
   * @param shares by value, 0..1, ascending: what share lies at it and before it; 1 at the last one
   */
  addShares(texts: ValueTexts, shares: Float64Array, first: number, end: number, count: number): void {
    const needed = this.length + end - first;
    if (needed > this.counts.length) this.counts = grown(this.counts, needed);
    const { counts } = this;
    let length = this.length;
    let placed = 0;
    // What `addText` does, with its state in local variables: this is the innermost loop of explicit histograms.
    const follows = texts.repeats ? -end : 1;
    let next = this.openTexts === texts ? this.nextPlace : -1;
    for (let place = first; place < end; place++) {
      const upTo = Math.round(count * (shares[place] as number));
      const here = upTo - placed;
      if (here === 0) continue;
      placed = upTo;
      if (place === next) counts[length++] = here;
      else {
        this.length = length;
        this.addText(texts, place, here);
        length = this.length;
      }
      next = place + follows;
    }
    this.length = length;
    this.nextPlace = next;
  }

  /** Appends the values from `place` on with `source[start]`…`source[end]` as their counts, but those that are 0. */
  addCounts(texts: ValueTexts, place: number, source: Float64Array, start: number, end: number): void {
    const needed = this.length + end - start;
    if (needed > this.counts.length) this.counts = grown(this.counts, needed);
    const { counts } = this;
    let length = this.length;
    const shift = place - start;
    let next = this.openTexts === texts ? this.nextPlace - shift : Number.NaN;
    for (let i = start; i < end; i++) {
      const count = source[i] as number;
      if (count === 0) continue;
      if (i === next) counts[length++] = count;
      else {
        this.length = length;
        this.addText(texts, i + shift, count);
        length = this.length;
      }
      next = texts.repeats ? Number.NaN : i + 1;
    }
    this.length = length;
    this.nextPlace = next + shift;
  }

  /** Sum of all values, each as often as it occurred. */
  sum(): number {
    let sum = 0;
    for (let run = 0; run < this.runs; run++) {
      const first = this.runEntries[run] as number;
      const end = run + 1 < this.runs ? (this.runEntries[run + 1] as number) : this.length;
      const texts = this.runTexts[run];
      for (let entry = first; entry < end; entry++) {
        const place = (this.runPlaces[run] as number) + entry - first;
        const value = texts === undefined ? this.runValues[run] : texts.values[place];
        sum += (value as number) * (this.counts[entry] as number);
      }
    }
    return sum;
  }

  private get lastValue(): number {
    const run = this.runs - 1;
    const texts = this.runTexts[run];
    if (texts === undefined) return this.runValues[run] as number;
    const place = (this.runPlaces[run] as number) + this.length - 1 - (this.runEntries[run] as number);
    return texts.values[place] as number;
  }

  private startRun(): number {
    const run = this.runs++;
    if (run >= this.runEntries.length) {
      this.runEntries = grown(this.runEntries, run + 1);
      this.runPlaces = grown(this.runPlaces, run + 1);
      this.runValues = grown(this.runValues, run + 1);
    }
    this.runEntries[run] = this.length;
    return run;
  }

  private push(count: number): void {
    if (this.length >= this.counts.length) this.counts = grown(this.counts, this.length + 1);
    this.counts[this.length++] = count;
  }
}

/** The nearest value that CloudWatch takes. @param value not NaN */
export function inRange(value: number): number {
  if (value > MAX_VALUE) return MAX_VALUE;
  if (value < -MAX_VALUE) return -MAX_VALUE;
  return value < MIN_VALUE && value > -MIN_VALUE ? 0 : value;
}

/** A derived value with few digits. @example rounded(0.123456789) // 0.12346 */
export function rounded(value: number): number {
  return inRange(Number(value.toPrecision(DIGITS)));
}
