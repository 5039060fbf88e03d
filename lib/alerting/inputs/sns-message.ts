// What a message of SNS says, as alerts: an alarm of CloudWatch, alerts of an Alertmanager, or a text of anybody's.
import type { SentAlert } from '../../model/alert.ts';
import type { AlertSender } from '../api/ports.ts';
import { readPostedAlerts } from '../api/posted-alerts.ts';
import { alertsOfWebhook } from '../api/webhook-routes.ts';
import { ALARM_DEFAULTS, type AlarmSettings } from '../settings.ts';
import { alarmOfNotification, alertOfAlarm } from './cloudwatch-alarm.ts';

export interface SnsNotification {
  readonly TopicArn: string;
  readonly MessageId: string;
  readonly Subject?: string;
  readonly Message: string;
}

export interface SnsAlerts {
  readonly alerts: readonly SentAlert[];
  /** Reasons of those that were refused. */
  readonly rejected: readonly string[];
}

const MAX_TEXT = 4_096;

/**
 * Alerts of a message whose signature was verified. A text becomes an alert of its own that gives up after the resolve
 * timeout, since nobody will say that it is over.
 * @param now epoch milliseconds
 */
export function alertsOfSns(
  { TopicArn, Subject = '', Message }: SnsNotification,
  settings: AlarmSettings = ALARM_DEFAULTS,
  now: number,
): SnsAlerts {
  const json = parsed(Message);
  const alarm = alarmOfNotification(json);
  if (alarm !== undefined) {
    const alert = alertOfAlarm(alarm, {}, settings, now);
    return { alerts: alert === undefined ? [] : [alert], rejected: [] };
  }
  const posted = Array.isArray(json) ? json : alertsOfWebhook(json, now);
  if (typeof posted !== 'string') {
    const { alerts, rejected } = readPostedAlerts(posted, 'sns', now);
    return { alerts, rejected: rejected.map(({ reason }) => reason) };
  }
  const topic = TopicArn.split(':').at(-1) ?? TopicArn;
  const name = Subject.trim() === '' ? topic : Subject.trim();
  const text = {
    labels: { alertname: name, topic, source: 'sns', severity: settings.severity },
    annotations: { summary: name, description: Message.slice(0, MAX_TEXT) },
  };
  const { alerts, rejected } = readPostedAlerts([text], 'sns', now);
  return { alerts, rejected: rejected.map(({ reason }) => reason) };
}

/** Puts the alerts of a verified message on the queue. @returns reasons of those that were refused */
export function snsTaker(
  queue: AlertSender,
  settings: AlarmSettings | undefined,
): (message: SnsNotification, now: number) => Promise<readonly string[]> {
  return async (message, now) => {
    const { alerts, rejected } = alertsOfSns(message, settings, now);
    if (alerts.length > 0) await queue.send(alerts, now);
    return rejected;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
