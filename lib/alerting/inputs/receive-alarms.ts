// Changes of CloudWatch alarms onto the alert queue as EventBridge tells of them, and every few minutes those that last.
import type { SentAlert } from '../../model/alert.ts';
import { alarmOfEvent, alertOfAlarm } from './cloudwatch-alarm.ts';
import type { AlarmPorts, AlarmState, CloudWatchAlarm } from './ports.ts';

export interface AlarmOutcome {
  readonly sent: number;
  readonly counts: readonly { readonly name: string; readonly count: number; readonly reason: string }[];
}

/** Tags that are read at a time: CloudWatch allows 10 calls a second. */
const PARALLEL = 5;

/**
 * Handles what the function is called with: an event of EventBridge, or its schedule (`{ time }`).
 * @param event has `time`, ISO 8601
 */
export async function receiveAlarms(event: unknown, ports: AlarmPorts): Promise<AlarmOutcome> {
  const { time, detail } = (event ?? {}) as { readonly time?: string; readonly detail?: unknown };
  const now = Date.parse(time ?? '');
  if (Number.isNaN(now)) return ignored('noTime');
  if (detail === undefined) return repeatAlarms(ports, now);
  const alarm = alarmOfEvent(event);
  return alarm === undefined ? ignored('noAlarm') : send([alarm], ports, now);
}

/** Sends the alerts of all alarms that last, so that those that nobody sends again give up. */
async function repeatAlarms(ports: AlarmPorts, now: number): Promise<AlarmOutcome> {
  const states: AlarmState[] =
    ports.settings.insufficientData === 'fire' ? ['ALARM', 'INSUFFICIENT_DATA'] : ['ALARM'];
  const lists = await Promise.all(states.map((state) => ports.alarms.inState(state)));
  return send(lists.flat(), ports, now);
}

async function send(
  alarms: readonly CloudWatchAlarm[],
  { alarms: reader, queue, settings }: AlarmPorts,
  now: number,
): Promise<AlarmOutcome> {
  const alerts: SentAlert[] = [];
  // Without tags: whether it is wanted at all.
  const wanted = alarms.filter((alarm) => alertOfAlarm(alarm, {}, settings, now) !== undefined);
  for (let from = 0; from < wanted.length; from += PARALLEL) {
    const made = await Promise.all(
      wanted
        .slice(from, from + PARALLEL)
        .map(async (alarm) =>
          alertOfAlarm(alarm, alarm.arn === '' ? {} : await reader.tags(alarm.arn), settings, now),
        ),
    );
    alerts.push(...made.filter((alert) => alert !== undefined));
  }
  if (alerts.length > 0) await queue.send(alerts, now);
  const left = alarms.length - alerts.length;
  const counts = left === 0 ? [] : [{ name: 'alarmsIgnored', count: left, reason: 'notWanted' }];
  return { sent: alerts.length, counts };
}

function ignored(reason: string): AlarmOutcome {
  return { sent: 0, counts: [{ name: 'alarmsIgnored', count: 1, reason }] };
}
