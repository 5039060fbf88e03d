// Alarms on the stack itself, and the topic they go to. They do not pass through Tidewatch's own alert routing: they
// say that Tidewatch is in trouble.
import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { HEARTBEAT_METRIC } from '../../lib/alerting/durable/heartbeat.ts';
import type { DeploymentSettings } from '../../lib/config/deployment.ts';
import type { Destination } from '../../lib/exporters/exporter.ts';
import type { RefusalReason } from '../../lib/receivers/otlp/refusal.ts';

/** Namespace of the counters that the functions write. */
const COUNTERS = 'Tidewatch';
const CLOUDWATCH = new ServicePrincipal('cloudwatch.amazonaws.com');

interface AlarmRule {
  readonly description: string;
  readonly metric: IMetric;
  /** The alarm is raised above it. */
  readonly threshold: number;
  /** The alarm is raised below the threshold instead, and when there is no data. */
  readonly below?: boolean;
  /** So many of the last so many periods. */
  readonly periods: { readonly breaching: number; readonly of: number };
}

export interface StackAlarmsProps {
  readonly settings: Pick<DeploymentSettings, 'alarmTopicArn' | 'alarmEmails'>;
  readonly encryptionKey?: IKey | undefined;
}

export class StackAlarms extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: StackAlarmsProps) {
    super(scope, id);
    const { alarmTopicArn, alarmEmails } = props.settings;
    this.topic =
      alarmTopicArn === undefined
        ? this.makeTopic(props.encryptionKey)
        : Topic.fromTopicArn(this, 'Topic', alarmTopicArn);
    for (const address of alarmEmails) this.topic.addSubscription(new EmailSubscription(address));
  }

  whenDeadLettersArrive(scope: Construct, deadLetters: Queue, content: string): void {
    this.add(scope, 'DeadLettersAlarm', {
      description: `Dead letters: ${content} that could not be handled. Look at them, then run "tidewatch redrive".`,
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: 0,
      periods: { breaching: 1, of: 1 },
    });
  }

  whenQueueFallsBehind(scope: Construct, queue: Queue, content: string, age: Duration): void {
    this.add(scope, 'AgeAlarm', {
      description: `What waits on the ${content} queue is older than ${age.toHumanString()}: a destination throttles or refuses, or the concurrency is too low.`,
      metric: queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: age.toSeconds(),
      periods: { breaching: 4, of: 5 },
    });
  }

  whenFunctionFails(scope: Construct, name: string, lambda: LambdaFunction): void {
    const options = { period: Duration.minutes(1), statistic: Stats.SUM };
    this.add(scope, 'ErrorsAlarm', {
      description: `The function ${name} crashes or times out.`,
      metric: lambda.metricErrors(options),
      threshold: 0,
      periods: { breaching: 2, of: 3 },
    });
    this.add(scope, 'ThrottlesAlarm', {
      description: `The function ${name} is throttled: the account's concurrency, or the function's own, is used up.`,
      metric: lambda.metricThrottles(options),
      threshold: 0,
      periods: { breaching: 4, of: 5 },
    });
  }

  /** A schedule that does not call is an outage that nothing else shows. */
  /** @param minutes between its calls; the alarm is raised when none came for five minutes, or three calls */
  whenFunctionIsNotCalled(scope: Construct, name: string, lambda: LambdaFunction, minutes = 1): void {
    const count = minutes === 1 ? 5 : 3;
    this.add(scope, 'NotCalledAlarm', {
      description: `The function ${name} was not called for ${count * minutes} minutes: what it watches is not watched. Is its rule in EventBridge enabled?`,
      metric: lambda.metricInvocations({ period: Duration.minutes(minutes), statistic: Stats.SUM }),
      threshold: 1,
      below: true,
      periods: { breaching: count, of: count },
    });
  }

  /**
   * The heartbeat alert goes the whole way from the alert queue to a delivery each minute.
   * @param notify counts it by its own name, so that another deployment's heartbeat does not hide that this one stopped
   */
  whenHeartbeatStops(scope: Construct, notify: LambdaFunction): void {
    this.add(scope, 'HeartbeatAlarm', {
      description:
        'No heartbeat alert was delivered for five minutes: alerts are not routed or nobody is told. Look at the queues and the logs of sweep-timers, route-alerts and notify. A silence or inhibition that covers the alert TidewatchHeartbeat stops it too.',
      metric: new Metric({
        namespace: COUNTERS,
        metricName: HEARTBEAT_METRIC,
        dimensionsMap: { Receiver: 'notify', Reason: notify.functionName },
        period: Duration.minutes(1),
        statistic: Stats.SUM,
      }),
      threshold: 1,
      below: true,
      periods: { breaching: 5, of: 5 },
    });
  }

  /** Alerts that are none, or receivers that will never take what they are sent. */
  whenAlertsAreDropped(scope: Construct, counter: string, receiver: string, what: string): void {
    this.add(scope, `Dropped-${counter}-Alarm`, {
      description: `${what} The counter "${counter}" of namespace ${COUNTERS} says why.`,
      metric: new Metric({
        namespace: COUNTERS,
        metricName: counter,
        dimensionsMap: { Receiver: receiver },
        period: Duration.minutes(5),
        statistic: Stats.SUM,
      }),
      threshold: 0,
      periods: { breaching: 1, of: 1 },
    });
  }

  /** A policy ended and nobody had acknowledged: people cannot be reached, or the policy is too short. */
  whenNobodyAcknowledges(scope: Construct): void {
    this.add(scope, 'NobodyAcknowledgesAlarm', {
      description:
        'An incident went through all levels of its escalation policy and nobody acknowledged it. "tidewatch incidents list" shows it.',
      metric: new Metric({
        namespace: COUNTERS,
        metricName: 'escalations',
        dimensionsMap: { Receiver: 'escalate', Reason: 'exhausted' },
        period: Duration.minutes(1),
        statistic: Stats.SUM,
      }),
      threshold: 0,
      periods: { breaching: 1, of: 1 },
    });
  }

  /** SLOs whose metrics, rows or alerts fail again and again: what they say is old. */
  whenSlosAreNotEvaluated(scope: Construct): void {
    const counted = (metricName: string) =>
      new Metric({
        namespace: COUNTERS,
        metricName,
        dimensionsMap: { Receiver: 'evaluate-slos' },
        period: Duration.minutes(1),
        statistic: Stats.SUM,
      });
    this.add(scope, 'NotEvaluatedAlarm', {
      description:
        'SLOs are not evaluated: their metrics or rows cannot be read. The log of evaluate-slos says which and why.',
      metric: counted('notEvaluated'),
      threshold: 0,
      periods: { breaching: 5, of: 5 },
    });
    this.add(scope, 'NotToldAlarm', {
      description: 'Alerts or events of SLOs do not get through to the alert queue or the event bus.',
      metric: counted('notTold'),
      threshold: 0,
      periods: { breaching: 3, of: 5 },
    });
  }

  /** Requests answered with 503 instead of being stored. The function does not fail then, so Lambda counts nothing. */
  whenIngestCannotStore(scope: Construct, reason: RefusalReason): void {
    this.add(scope, `Refused-${reason}-Alarm`, {
      description: `Senders are told to send again (${reason}): ingest-otlp could not look up keys or store what it got. Its log says why.`,
      metric: new Metric({
        namespace: COUNTERS,
        metricName: 'refusedRequests',
        dimensionsMap: { Receiver: 'otlp', Reason: reason },
        period: Duration.minutes(1),
        statistic: Stats.SUM,
      }),
      threshold: 0,
      periods: { breaching: 2, of: 3 },
    });
  }

  /** Telemetry that a destination can never take: counted, with reasons, by export-telemetry. */
  whenTelemetryIsDropped(scope: Construct, destination: Destination | 'pipeline'): void {
    this.add(scope, `Dropped-${destination}-Alarm`, {
      description: `Telemetry is dropped that ${destination} can never take. The counter "dropped" of namespace ${COUNTERS} says why.`,
      metric: new Metric({
        namespace: COUNTERS,
        metricName: 'dropped',
        dimensionsMap: { Destination: destination },
        period: Duration.minutes(5),
        statistic: Stats.SUM,
      }),
      threshold: 0,
      periods: { breaching: 1, of: 1 },
    });
  }

  private add(scope: Construct, id: string, alarm: AlarmRule): void {
    const made = new Alarm(scope, id, {
      alarmDescription: alarm.description,
      metric: alarm.metric,
      threshold: alarm.threshold,
      comparisonOperator: alarm.below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: alarm.periods.of,
      datapointsToAlarm: alarm.periods.breaching,
      treatMissingData: alarm.below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.topic);
    made.addAlarmAction(action);
    made.addOkAction(action);
  }

  /** A topic that alarms of this account may publish to, over TLS. Its policy replaces the default one, which did. */
  private makeTopic(encryptionKey: IKey | undefined): Topic {
    const topic = new Topic(this, 'Topic', {
      displayName: 'Tidewatch',
      enforceSSL: true,
      ...(encryptionKey !== undefined && { masterKey: encryptionKey }),
    });
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDWATCH],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: ofThisAccount,
      }),
    );
    encryptionKey?.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDWATCH],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: ofThisAccount,
      }),
    );
    return topic;
  }
}
