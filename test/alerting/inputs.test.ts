// Alerts that come by EventBridge and SNS.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alarmOfEvent,
  alarmOfNotification,
  alertOfAlarm,
} from '../../lib/alerting/inputs/cloudwatch-alarm.ts';
import type { AlarmState, CloudWatchAlarm } from '../../lib/alerting/inputs/ports.ts';
import { receiveAlarms } from '../../lib/alerting/inputs/receive-alarms.ts';
import { alertsOfSns } from '../../lib/alerting/inputs/sns-message.ts';
import { ALARM_DEFAULTS, type AlarmSettings } from '../../lib/alerting/settings.ts';
import type { SentAlert } from '../../lib/model/alert.ts';

const NOW = Date.UTC(2026, 10, 24, 10);
const ARN = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-errors';

function event(value: AlarmState, more: object = {}) {
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    account: '123456789012',
    region: 'eu-west-1',
    time: '2026-11-24T10:00:00Z',
    resources: [ARN],
    detail: {
      alarmName: 'orders-errors',
      state: { value, reason: 'Threshold Crossed', timestamp: '2026-11-24T09:59:30.500+0000' },
      previousState: { value: 'OK' },
      configuration: {
        description: 'too many errors',
        metrics: [
          {
            id: 'm1',
            metricStat: {
              metric: { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'orders' } },
              period: 60,
              stat: 'Sum',
            },
          },
        ],
      },
    },
    ...more,
  };
}

describe('a change of an alarm', () => {
  const alarm = alarmOfEvent(event('ALARM'))!;

  test('to ALARM is an alert with the tags of the alarm as labels', () => {
    const tags = {
      team: 'shop',
      severity: 'page',
      'aws:cloudformation:stack-name': 'x',
      runbook: 'https://r/1',
    };
    expect(alertOfAlarm(alarm, tags, ALARM_DEFAULTS, NOW)).toEqual({
      labels: {
        alertname: 'orders-errors',
        account: '123456789012',
        region: 'eu-west-1',
        source: 'cloudwatch',
        severity: 'page',
        team: 'shop',
        runbook: 'https://r/1',
      },
      annotations: {
        summary: 'orders-errors is ALARM',
        description: 'too many errors',
        reason: 'Threshold Crossed',
        looks_at: 'AWS/Lambda Errors FunctionName=orders',
        runbook_url: 'https://r/1',
      },
      startsAt: NOW - 29_500,
      endsAt: NOW + 15 * 60_000,
      generatorUrl:
        'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/orders-errors',
      source: 'cloudwatch',
    });
  });

  test('to OK ends it under the same labels', () => {
    const over = alertOfAlarm({ ...alarm, state: 'OK' }, { team: 'shop' }, ALARM_DEFAULTS, NOW)!;
    const fires = alertOfAlarm(alarm, { team: 'shop' }, ALARM_DEFAULTS, NOW)!;
    expect([over.labels, over.endsAt]).toEqual([fires.labels, NOW]);
  });

  test.each([
    ['resolve', NOW],
    ['keep', undefined],
    ['fire', NOW + 15 * 60_000],
  ] as const)('to INSUFFICIENT_DATA does as configured: %s', (insufficientData, endsAt) => {
    const unknown: CloudWatchAlarm = { ...alarm, state: 'INSUFFICIENT_DATA' };
    expect(alertOfAlarm(unknown, {}, { ...ALARM_DEFAULTS, insufficientData }, NOW)?.endsAt).toBe(endsAt);
  });

  test('of a composite alarm says its rule', () => {
    const composite = event('ALARM');
    const configuration = { alarmRule: 'ALARM(a) AND ALARM(b)' };
    const read = alarmOfEvent({ ...composite, detail: { ...composite.detail, configuration } });
    expect(read?.looksAt).toBe('ALARM(a) AND ALARM(b)');
  });

  test('of an alarm with another prefix, or with the tag tidewatch=ignore, is none of ours', () => {
    expect(alertOfAlarm(alarm, {}, { ...ALARM_DEFAULTS, namePrefixes: ['prod-'] }, NOW)).toBeUndefined();
    expect(alertOfAlarm(alarm, { tidewatch: 'ignore' }, ALARM_DEFAULTS, NOW)).toBeUndefined();
  });
});

describe('the function that receives alarms', () => {
  const run = async (input: unknown, settings: Partial<AlarmSettings> = {}) => {
    const sent: SentAlert[] = [];
    const asked: string[] = [];
    const outcome = await receiveAlarms(input, {
      settings: { ...ALARM_DEFAULTS, ...settings },
      queue: { send: async (alerts) => void sent.push(...alerts) },
      alarms: {
        tags: async (arn) => {
          asked.push(arn);
          return { team: 'shop' };
        },
        inState: async (state) => [
          { ...alarmOfEvent(event(state))!, name: `lasting-${state}` },
          { ...alarmOfEvent(event(state))!, name: `other-${state}` },
        ],
      },
    });
    return { ...outcome, asked, names: sent.map(({ labels }) => `${labels.alertname} ${labels.team}`) };
  };

  test('sends the alert of an event with its tags', async () => {
    expect(await run(event('ALARM'))).toEqual({
      sent: 1,
      counts: [],
      asked: [ARN],
      names: ['orders-errors shop'],
    });
  });

  test('sends what lasts again when its schedule calls, and asks for tags of wanted alarms only', async () => {
    const { sent, counts, asked } = await run(
      { time: '2026-11-24T10:05:00Z' },
      { namePrefixes: ['lasting-'] },
    );
    expect([sent, asked.length]).toEqual([1, 1]);
    expect(counts).toEqual([{ name: 'alarmsIgnored', count: 1, reason: 'notWanted' }]);
    expect((await run({ time: '2026-11-24T10:05:00Z' }, { insufficientData: 'fire' })).sent).toBe(4);
  });

  test.each([[undefined], [{}], [{ time: 'x' }], [{ time: '2026-11-24T10:05:00Z', detail: {} }]])(
    'counts what is no such event: %j',
    async (input) => {
      const { sent, counts } = await run(input);
      expect([sent, counts[0]?.name]).toEqual([0, 'alarmsIgnored']);
    },
  );
});

describe('a message of SNS', () => {
  const message = (Message: string, Subject?: string) =>
    alertsOfSns(
      {
        TopicArn: 'arn:aws:sns:eu-west-1:123456789012:ops',
        MessageId: 'm',
        Message,
        ...(Subject && { Subject }),
      },
      undefined,
      NOW,
    );

  test('of an alarm is the alert of that alarm', () => {
    const { alerts } = message(
      JSON.stringify({
        AlarmName: 'orders-errors',
        AlarmArn: ARN,
        AWSAccountId: '123456789012',
        NewStateValue: 'ALARM',
        NewStateReason: 'r',
        StateChangeTime: '2026-11-24T09:59:30.500+0000',
        Region: 'EU (Ireland)',
        Trigger: {
          Namespace: 'AWS/Lambda',
          MetricName: 'Errors',
          Dimensions: [{ name: 'FunctionName', value: 'orders' }],
        },
      }),
      'ALARM: "orders-errors"',
    );
    expect(alerts).toMatchObject([
      {
        labels: { alertname: 'orders-errors', region: 'eu-west-1', severity: 'ticket' },
        annotations: { looks_at: 'AWS/Lambda Errors FunctionName=orders' },
        startsAt: NOW - 29_500,
      },
    ]);
  });

  test('of alerts is those alerts, of a webhook too', () => {
    expect(message('[{"labels":{"a":"1"}},{"labels":{}}]')).toMatchObject({
      alerts: [{ labels: { a: '1' }, source: 'sns' }],
      rejected: ['noLabels'],
    });
    expect(message('{"version":"4","alerts":[{"labels":{"a":"1"}}]}').alerts).toHaveLength(1);
  });

  test('of any text is an alert named by its subject, or by the topic', () => {
    expect(message('the backup failed', 'Backup').alerts).toMatchObject([
      {
        labels: { alertname: 'Backup', topic: 'ops', source: 'sns' },
        annotations: { description: 'the backup failed' },
      },
    ]);
    expect(message('{').alerts[0]?.labels.alertname).toBe('ops');
  });
});

test('law: no event and no message makes a reader throw', () => {
  const names = [
    'detail',
    'alarmName',
    'state',
    'value',
    'timestamp',
    'configuration',
    'metrics',
    'AlarmName',
    'NewStateValue',
    'StateChangeTime',
    'Trigger',
    'Dimensions',
    'alerts',
    'version',
  ];
  const deep = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.anything(),
      fc.constantFrom('ALARM', '4', '2026-11-24T10:00:00Z'),
      fc.array(tie('value')),
      fc.dictionary(fc.constantFrom(...names), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(deep, (value) => {
      alarmOfEvent(value);
      alarmOfNotification(value);
      const text =
        JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item)) ?? '';
      const { alerts, rejected } = alertsOfSns(
        { TopicArn: 'a:b', MessageId: '', Message: text },
        undefined,
        NOW,
      );
      expect(alerts.length + rejected.length).toBeGreaterThanOrEqual(0);
    }),
  );
});
