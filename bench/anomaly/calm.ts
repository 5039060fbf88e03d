// Alerts on metrics on which nothing happens: a day's curve with noise that lingers, as wide as that of a count.
import { backtestAlerts, type HistoryRow } from '../../lib/anomaly/alert-periods.ts';
import { defaultDetectorSettings } from '../../lib/anomaly/settings.ts';
import type { Figure } from '../figure.ts';
import { Seeded } from '../payloads/seeded.ts';

const METRICS = 200;
const STEP_S = 300;
const DAY_S = 86_400;
const DAYS = 14;
/** Nothing is said while a metric warms up. */
const WARM_UP_DAYS = 2.5;
const STRICTNESSES = [1, 2, 3];
/** Of the noise before, in the noise of the next five minutes. */
const LINGERING = 0.5;

function calmSeries(metric: number): HistoryRow[] {
  const random = new Seeded(metric + 1);
  const level = 20 + (metric % 10) * 30;
  let noise = 0;
  return Array.from({ length: (DAYS * DAY_S) / STEP_S }, (_, row) => {
    const normal =
      Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
    noise = LINGERING * noise + Math.sqrt(1 - LINGERING ** 2) * normal;
    const curve = 1 + 0.4 * Math.sin((2 * Math.PI * row * STEP_S) / DAY_S);
    return { time: row * STEP_S * 1000, value: Math.max(0, level * curve + 1.5 * Math.sqrt(level) * noise) };
  });
}

/** Alerts a metric and day by strictness, with both heads. */
export function* calmFigures(): Iterable<Figure> {
  const counts = STRICTNESSES.map(() => 0);
  for (let metric = 0; metric < METRICS; metric++) {
    const backtests = backtestAlerts(calmSeries(metric), defaultDetectorSettings, STRICTNESSES);
    backtests.forEach(({ periods }, place) => {
      counts[place]! += periods.length;
    });
  }
  for (const [place, strictness] of STRICTNESSES.entries()) {
    const ours = counts[place]! / METRICS / (DAYS - WARM_UP_DAYS);
    yield { name: `calm-alerts-strictness-${strictness}`, ours, unit: 'alerts/metric and day' };
  }
}
