// A shop in memory, looked at every five minutes on a virtual clock.

import { SETTLE_MS } from '../../../lib/anomaly/run/new-rows.ts';
import { runAnomalyDetection } from '../../../lib/anomaly/run/run.ts';
import type { AnomalySettings, WatchSettings } from '../../../lib/anomaly/watch/settings.ts';
import { ANOMALY_DEFAULTS, WATCH_DEFAULTS } from '../../../lib/anomaly/watch/settings.ts';
import { identity } from '../../../lib/anomaly/watch/watched-metrics.ts';
import { MemoryWorld, type Signal } from './memory-ports.ts';

export const STEP = 300_000;
export const DAY = 86_400_000;
/** The first evaluation: history lies before it. */
export const START = Date.UTC(2026, 10, 2);

/** Noise 0..1, the same for the same time and seed. */
export function noise(time: number, seed: number): number {
  let state = Math.imul(Math.floor(time / 60_000) ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b) >>> 0;
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) >>> 0;
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/** A day's curve around a level, with noise. */
export function daily(level: number, seed: number): Signal {
  return (time) =>
    level *
    (1 + 0.3 * Math.sin((2 * Math.PI * time) / DAY) + 0.05 * (noise(time, seed) + noise(time, seed + 1) - 1));
}

/** Another signal from a time on, until another. */
export function during(usual: Signal, fault: Signal, from: number, to = Number.POSITIVE_INFINITY): Signal {
  return (time) => (time >= from && time < to ? fault(time) : usual(time));
}

export function watchOf(changes: Partial<WatchSettings> = {}): WatchSettings {
  return {
    ...WATCH_DEFAULTS,
    source: 'anomalies.watch[0]',
    namespace: 'Shop',
    metric: 'Latency',
    dimensions: { service: '*' },
    statistic: 'p95',
    component: '{service}',
    excluded: [],
    minimum: 0,
    ...changes,
  };
}

export function settingsOf(...watches: WatchSettings[]): AnomalySettings {
  const { groupWithinMs, changesWithinMs } = ANOMALY_DEFAULTS;
  return { watches, spanNamespace: 'Tidewatch/Spans', groupWithinMs, changesWithinMs };
}

export class Story {
  readonly world = new MemoryWorld();
  readonly settings: AnomalySettings;
  /** Of the next evaluation: when the period before START, and each five minutes later, is settled. */
  now = START + SETTLE_MS;

  constructor(settings: AnomalySettings = settingsOf(watchOf())) {
    this.settings = settings;
  }

  service(name: string, signal: Signal, metric = 'Latency', statistic = 'p95'): this {
    this.world.metrics.add(identity('Shop', metric, { service: name }), statistic, signal);
    return this;
  }

  calls(caller: string, callee: string): this {
    this.world.metrics.add(
      identity('Tidewatch/Spans', 'Calls', { service: caller, remote: callee }),
      'Sum',
      () => 1,
    );
    return this;
  }

  /** One evaluation, five minutes after the last. */
  async evaluate(settings = this.settings) {
    const outcome = await runAnomalyDetection(this.world.ports, settings, {
      every: '5m',
      nowMs: this.now,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    this.now += STEP;
    return outcome;
  }

  async evaluateUntil(time: number, settings = this.settings): Promise<void> {
    while (this.now < time) await this.evaluate(settings);
  }

  /** Alerts that were sent since, in order. */
  alertsSince(time: number) {
    return this.world.sent.filter(({ at }) => at >= time).map(({ at, alert }) => ({ ...alert, at }));
  }
}
