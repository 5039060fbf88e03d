// A week of a metric in slots of one step, and what it usually is at this time of day.
import { insertSorted, medianOfSorted } from './recent-rows.ts';
import { DAY_MS } from './sampling-step.ts';
import { seasonalSettings } from './settings.ts';
import type { StateReader, StateWriter } from './state-bytes.ts';

const { days, slotsAround } = seasonalSettings;
const CANDIDATES = days * (2 * slotsAround + 1);
/** So many rows in turn must be more than a week away before a jump of the clock is believed. */
const STRAYS_BELIEVED = 5;

/** A ring of the last seven days; slots nobody wrote hold NaN. Kept in single precision: 8 KB at 5-minute steps. */
export class SeasonalHistory {
  readonly slotsPerDay: number;
  readonly slots: Float32Array;
  readonly #sorted = new Float64Array(CANDIDATES);
  #lastSlot = Number.NaN;
  #firstSlot = Number.NaN;
  #strays = 0;

  constructor(slotsPerDay: number) {
    this.slotsPerDay = slotsPerDay;
    this.slots = new Float32Array(days * slotsPerDay + slotsAround + 1).fill(Number.NaN);
  }

  /** The slot that an epoch millisecond lies in. */
  slotAt(time: number): number {
    return Math.floor((time * this.slotsPerDay) / DAY_MS);
  }

  /** Median of the last seven days around this time of day, of rows before this one; NaN on the first day. */
  baseline(time: number): number {
    const slot = this.slotAt(time);
    if (!(slot - this.#firstSlot >= this.slotsPerDay)) return Number.NaN;
    const oldest = this.#lastSlot - this.slots.length + 1;
    const newest = Math.min(this.#lastSlot, slot - 1);
    let count = 0;
    for (let day = 1; day <= days; day++) {
      const centre = slot - day * this.slotsPerDay;
      const from = Math.max(centre - slotsAround, oldest);
      const to = Math.min(centre + slotsAround, newest);
      if (to < from) continue;
      let at = this.#index(from);
      for (let near = from; near <= to; near++) {
        const value = this.slots[at]!;
        if (!Number.isNaN(value)) insertSorted(this.#sorted, count++, value);
        at = at + 1 === this.slots.length ? 0 : at + 1;
      }
    }
    return count === 0 ? Number.NaN : medianOfSorted(this.#sorted, count);
  }

  /**
   * Remembers the value at a time; slots in between become unknown. A time more than a week away is a stray and
   * teaches nothing, until several in turn show that the clock did jump: then the week starts anew.
   */
  record(time: number, value: number): void {
    const slot = this.slotAt(time);
    if (Math.abs(slot - this.#lastSlot) >= this.slots.length) {
      if (++this.#strays < STRAYS_BELIEVED) return;
      this.#lastSlot = Number.NaN;
      this.slots.fill(Number.NaN);
    }
    this.#strays = 0;
    if (Number.isNaN(this.#lastSlot)) {
      this.#firstSlot = slot;
      this.#lastSlot = slot;
    }
    for (let empty = this.#lastSlot + 1; empty < slot; empty++) this.slots[this.#index(empty)] = Number.NaN;
    this.slots[this.#index(slot)] = value;
    this.#lastSlot = Math.max(this.#lastSlot, slot);
  }

  /** Unlearns a period. Epoch milliseconds, `to` is outside. */
  forget(from: number, to: number): void {
    const first = Math.max(this.slotAt(from), this.#lastSlot - this.slots.length + 1);
    for (let slot = first; slot <= this.#lastSlot && (slot * DAY_MS) / this.slotsPerDay < to; slot++) {
      this.slots[this.#index(slot)] = Number.NaN;
    }
  }

  /** The same history in slots of another length. */
  resampled(slotsPerDay: number): SeasonalHistory {
    const other = new SeasonalHistory(slotsPerDay);
    if (Number.isNaN(this.#lastSlot)) return other;
    const oldest = Math.max(this.#firstSlot, this.#lastSlot - this.slots.length + 1);
    const stepMs = DAY_MS / slotsPerDay;
    const end = ((this.#lastSlot + 1) * DAY_MS) / this.slotsPerDay;
    for (let time = (oldest * DAY_MS) / this.slotsPerDay; time < end; time += stepMs) {
      other.record(time, this.slots[this.#index(this.slotAt(time))]!);
    }
    return other;
  }

  save(writer: StateWriter): void {
    writer.number(this.#firstSlot);
    writer.number(this.#lastSlot);
    writer.number(this.#strays);
  }

  load(reader: StateReader): void {
    this.#firstSlot = reader.number();
    this.#lastSlot = reader.number();
    this.#strays = reader.number();
  }

  #index(slot: number): number {
    const at = slot % this.slots.length;
    return at < 0 ? at + this.slots.length : at;
  }
}
