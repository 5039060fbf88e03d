// Made-up metrics for the tests of this folder: no clock and no randomness, so that a failure repeats.

/** A daily curve between 50 and 150. @param row index, @param rowsPerDay how many rows a day has */
export function dailyWave(row: number, rowsPerDay: number): number {
  return 100 - 50 * Math.cos((2 * Math.PI * row) / rowsPerDay);
}

/** Noise of about unit deviation, bounded by 3; the same for the same row. */
export function noise(row: number): number {
  return (hash(row) + hash(row + 0.25) + hash(row + 0.5) - 1.5) * 2;
}

/** A number 0..1 that depends on its argument only. */
export function hash(seed: number): number {
  let state = Math.imul(Math.round(seed * 4) + 0x9e3779b9, 0x85ebca6b) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39) >>> 0;
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
}
