// How far forecasts miss on generated series, beside the seasonal naive forecast, as the M4 competition compares.
import { forecast } from '../../lib/anomaly/forecast/forecast.ts';
import { seasonalNaive } from '../../lib/anomaly/forecast/models.ts';
import type { Figure } from '../figure.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;
const WEEKDAYS = [1, 1.05, 1.1, 1.05, 1, 0.6, 0.5] as const;
/** History and horizon of hourly series, as in M4. */
const HISTORY = 700;
const HORIZON = 48;
const SERIES_OF_A_KIND = 8;

/** Numbers 0..1, the same for the same seed. */
function random(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Kinds of metric: what the value is at an hour, beside noise that lasts a few hours. */
const KINDS: Readonly<Record<string, (hour: number) => number>> = {
  daily: (hour) => 100 + 30 * Math.sin((2 * Math.PI * hour) / DAY),
  weekly: (hour) => (100 + 40 * Math.sin((2 * Math.PI * hour) / DAY)) * WEEKDAYS[Math.floor(hour / DAY) % 7]!,
  growing: (hour) => 100 + 0.06 * hour + 30 * Math.sin((2 * Math.PI * hour) / DAY),
  shifted: (hour) => 100 + (hour > 420 ? 40 : 0) + 30 * Math.sin((2 * Math.PI * hour) / DAY),
  filling: (hour) => 10 + 0.1 * hour,
};

/** Series of all kinds. */
export function* generatedSeries(): Iterable<{ kind: string; values: number[] }> {
  for (const [kind, at] of Object.entries(KINDS)) {
    for (let series = 1; series <= SERIES_OF_A_KIND; series++) {
      const next = random(series * 31 + kind.length);
      let lasting = 0;
      const values = Array.from({ length: HISTORY + HORIZON }, (_, hour) => {
        lasting = 0.6 * lasting + (next() + next() + next() - 1.5) * 6;
        return at(hour) + lasting;
      });
      yield { kind, values };
    }
  }
}

/** Mean absolute error of ours and of the seasonal naive forecast over all kinds, and how often the band holds. */
export function forecastErrors(): { ours: number; seasonalNaive: number; inBand: number } {
  let ours = 0;
  let naive = 0;
  let inside = 0;
  let count = 0;
  for (const { values } of generatedSeries()) {
    const history = values.slice(0, HISTORY);
    const { points } = forecast({ start: 0, stepMs: HOUR_MS, values: history }, HORIZON);
    const simple = seasonalNaive(DAY)(history, HORIZON);
    points.forEach(({ value, low, high }, ahead) => {
      const actual = values[HISTORY + ahead]!;
      ours += Math.abs(actual - value);
      naive += Math.abs(actual - simple[ahead]!);
      if (actual >= low && actual <= high) inside++;
      count++;
    });
  }
  return { ours: ours / count, seasonalNaive: naive / count, inBand: inside / count };
}

export function* forecastFigures(): Iterable<Figure> {
  const errors = forecastErrors();
  yield {
    name: 'forecast-error',
    ours: errors.ours,
    baseline: errors.seasonalNaive,
    ratio: errors.ours / errors.seasonalNaive,
    unit: 'MAE',
    must: '<= 1',
  };
  yield { name: 'forecast-in-band', ours: errors.inBand, unit: 'share' };
}
