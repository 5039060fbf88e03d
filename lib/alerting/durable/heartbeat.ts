// The heartbeat: each minute an alert is put on the alert queue and goes the whole way, as any other does, to a receiver
// that is built in. Its delivery is counted, and an alarm outside Tidewatch rings when the counting stops.
import type { Alert } from '../../model/alert.ts';
import type { NotificationSender } from '../../model/notification.ts';
import type { AlertmanagerConfig } from '../config/parse-tree.ts';
import { createMatcher } from '../matchers/matcher.ts';

/** Receiver and kind of its integration. */
export const HEARTBEAT = 'tidewatch-heartbeat';
/** Name of the metric that counts deliveries. */
export const HEARTBEAT_METRIC = 'heartbeat';

/** Who sent it; the API shows no heartbeats, since its receiver is in nobody's configuration. */
export const HEARTBEAT_SOURCE = 'heartbeat';

const ALERTNAME = 'TidewatchHeartbeat';
const INTERVAL_MS = 60_000;
/** A heartbeat that is not followed by others ends: then no alert goes the whole way any more. */
const LIFE_MS = 3 * INTERVAL_MS;

/** @param now epoch milliseconds */
export function heartbeatAlert(now: number): Alert {
  return {
    labels: { alertname: ALERTNAME, severity: 'info' },
    annotations: { summary: 'Tidewatch delivers alerts' },
    startsAt: now,
    endsAt: now + LIFE_MS,
    generatorUrl: '',
    source: HEARTBEAT_SOURCE,
  };
}

/** The configuration with the heartbeat's route before all others, and its receiver. */
export function withHeartbeat(config: AlertmanagerConfig): AlertmanagerConfig {
  const integration = { kind: HEARTBEAT, index: 0, sendResolved: false, retries429: false, fields: {} };
  return {
    ...config,
    receivers: [...config.receivers, { name: HEARTBEAT, integrations: [integration] }],
    route: {
      ...config.route,
      routes: [
        {
          path: HEARTBEAT,
          receiver: HEARTBEAT,
          groupBy: ['alertname'],
          groupByAll: false,
          matchers: [createMatcher('alertname', '=', ALERTNAME)],
          continue: false,
          groupWaitMs: 0,
          groupIntervalMs: INTERVAL_MS,
          // Shorter than the interval, so that each tick delivers.
          repeatIntervalMs: INTERVAL_MS / 2,
          muteTimeIntervals: [],
          activeTimeIntervals: [],
          labels: {},
          routes: [],
        },
        ...config.route.routes,
      ],
    },
  };
}

/** Delivers heartbeats to `beat`, and everything else as before. */
export function withHeartbeatChannel(sender: NotificationSender, beat: () => void): NotificationSender {
  return {
    async send(target, content, context) {
      if (target.kind !== HEARTBEAT) return sender.send(target, content, context);
      beat();
      return { kind: 'delivered' };
    },
  };
}
