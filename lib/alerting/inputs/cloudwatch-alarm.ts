// CloudWatch alarms, metric and composite, as alerts. CloudWatch says only what changed, and once: what still alarms is
// said again by a schedule, so that an alert whose end was lost gives up by itself.
// Source: CloudWatch user guide, "Alarm events and EventBridge", and SNS messages of alarms, read 2026-11
import type { SentAlert } from '../../model/alert.ts';
import type { AlarmSettings } from '../settings.ts';
import type { AlarmState, CloudWatchAlarm } from './ports.ts';

/** While an alarm lasts, its alert is sent again that often, and given up after thrice the time. */
export const ALARM_REPEAT_MS = 5 * 60_000;
const STATES: ReadonlySet<unknown> = new Set(['ALARM', 'OK', 'INSUFFICIENT_DATA']);
/** Tags that AWS itself writes say nothing about who should know. */
const OWN_TAGS = /^aws:/i;
const MAX_LABEL = 1_024;
/** A tag of that name and value keeps an alarm out. */
const IGNORE_TAG = { name: 'tidewatch', value: 'ignore' };

/**
 * The alert of an alarm. Its identity is name, account, Region and tags.
 * @param tags of the alarm; those that are labels of ours do not change them
 * @returns undefined when the alarm is not wanted, or says nothing by its state
 */
export function alertOfAlarm(
  alarm: CloudWatchAlarm,
  tags: Readonly<Record<string, string>>,
  { namePrefixes, insufficientData, severity }: AlarmSettings,
  now: number,
): SentAlert | undefined {
  const { name, account, region, state, description, reason, looksAt, changedAt } = alarm;
  if (namePrefixes.length > 0 && !namePrefixes.some((prefix) => name.startsWith(prefix))) return undefined;
  if (tags[IGNORE_TAG.name] === IGNORE_TAG.value) return undefined;
  if (state === 'INSUFFICIENT_DATA' && insufficientData === 'keep') return undefined;
  const fires = state === 'ALARM' || (state === 'INSUFFICIENT_DATA' && insufficientData === 'fire');
  const own = Object.entries(tags).filter(([tag]) => !OWN_TAGS.test(tag));
  const labels = {
    severity,
    ...Object.fromEntries(own.map(([tag, value]) => [tag, value.slice(0, MAX_LABEL)])),
    alertname: name,
    account,
    region,
    source: 'cloudwatch',
  };
  const { runbook, runbook_url: runbookUrl = runbook } = tags;
  return {
    labels: Object.fromEntries(
      Object.entries(labels).filter(([label, value]) => label !== '' && value !== ''),
    ),
    annotations: {
      summary: `${name} is ${state}`,
      ...(description !== '' && { description }),
      ...(reason !== '' && { reason }),
      ...(looksAt !== '' && { looks_at: looksAt }),
      ...(runbookUrl !== undefined && runbookUrl !== '' && { runbook_url: runbookUrl }),
    },
    startsAt: Math.min(changedAt, now),
    endsAt: fires ? now + 3 * ALARM_REPEAT_MS : now,
    generatorUrl: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}`,
    source: 'cloudwatch',
  };
}

/** The alarm of an event of EventBridge, "CloudWatch Alarm State Change"; undefined for any other. */
export function alarmOfEvent(event: unknown): CloudWatchAlarm | undefined {
  const { account, region, resources, detail } = fieldsOf(event);
  const { alarmName, state, configuration } = fieldsOf(detail);
  const { value, reason, timestamp } = fieldsOf(state);
  const { description, metrics, alarmRule } = fieldsOf(configuration);
  const changedAt = timeOf(timestamp);
  if (typeof alarmName !== 'string' || alarmName === '' || !isState(value) || changedAt === undefined) {
    return undefined;
  }
  return {
    arn: textOf(Array.isArray(resources) ? resources[0] : undefined),
    name: alarmName,
    account: textOf(account),
    region: textOf(region),
    state: value,
    reason: textOf(reason),
    description: textOf(description),
    changedAt,
    looksAt: typeof alarmRule === 'string' ? alarmRule : metricsText(metrics),
  };
}

/** The alarm of a message that CloudWatch publishes to SNS; undefined for any other. */
export function alarmOfNotification(message: unknown): CloudWatchAlarm | undefined {
  const fields = fieldsOf(message);
  const { AlarmName: name, NewStateValue: state, StateChangeTime, AlarmArn, AlarmRule, Trigger } = fields;
  const changedAt = timeOf(StateChangeTime);
  if (typeof name !== 'string' || name === '' || !isState(state) || changedAt === undefined) return undefined;
  const arn = textOf(AlarmArn);
  const { Namespace, MetricName, Dimensions } = fieldsOf(Trigger);
  const dimensions = (Array.isArray(Dimensions) ? Dimensions : []).map((item) => {
    const { name: key, value } = fieldsOf(item);
    return [textOf(key), textOf(value)] as const;
  });
  return {
    arn,
    name,
    account: textOf(fields.AWSAccountId),
    // The field Region is its name for people; the ARN has the code.
    region: arn.split(':')[3] ?? '',
    state,
    reason: textOf(fields.NewStateReason),
    description: textOf(fields.AlarmDescription),
    changedAt,
    looksAt: typeof AlarmRule === 'string' ? AlarmRule : metricText(Namespace, MetricName, dimensions),
  };
}

/** What a metric alarm looks at, such as `AWS/EC2 CPUUtilization InstanceId=i-1`. */
export function metricText(
  namespace: unknown,
  name: unknown,
  dimensions: readonly (readonly [string, string])[],
): string {
  const parts = [textOf(namespace), textOf(name), ...dimensions.map(([key, value]) => `${key}=${value}`)];
  return parts.filter((part) => part !== '').join(' ');
}

function metricsText(metrics: unknown): string {
  if (!Array.isArray(metrics)) return '';
  return metrics
    .map((item) => {
      const { metric } = fieldsOf(fieldsOf(item).metricStat);
      const { namespace, name, dimensions } = fieldsOf(metric);
      const pairs = Object.entries(fieldsOf(dimensions)).map(([key, value]) => [key, textOf(value)] as const);
      return metricText(namespace, name, pairs);
    })
    .filter((text) => text !== '')
    .join(', ');
}

function isState(value: unknown): value is AlarmState {
  return STATES.has(value);
}

/** CloudWatch writes `+0000`, which RFC 3339 does not know. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const time = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(time) ? undefined : time;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
