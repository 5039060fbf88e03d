// The alert queue: evaluators put alerts on it (lib/model/alert.ts), the router takes them off. High-throughput FIFO:
// the message group is the alert's fingerprint modulo 64, so that fire and resolve of one alert stay in order, and
// the sender gives each message a deduplication id of its own.
import { Duration } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { grantKey, grantSend } from '../policies.ts';
import { DeadLetteredQueue } from './dead-lettered-queue.ts';
import type { StackAlarms } from './stack-alarms.ts';

/** Six times the 30 seconds that the router may take. */
const VISIBILITY_TIMEOUT = Duration.minutes(3);
/** An alert is sent again every 5 minutes while it fires, so nothing is gained by trying one message for ever. */
const MAX_RECEIVE_COUNT = 20;
/** An alert that waits longer than this notifies too late. */
const ALARM_AGE = Duration.minutes(5);

export interface AlertBusProps {
  readonly alarms: StackAlarms;
  readonly encryptionKey?: IKey | undefined;
}

export class AlertBus extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  private readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: AlertBusProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    const { queue, deadLetters } = new DeadLetteredQueue(this, 'Alerts', {
      content: 'alerts',
      kind: 'highThroughputFifo',
      visibilityTimeout: VISIBILITY_TIMEOUT,
      maxReceiveCount: MAX_RECEIVE_COUNT,
      alarmAge: ALARM_AGE,
      ...props,
    });
    this.queue = queue;
    this.deadLetters = deadLetters;
  }

  /** Lets an evaluator send alerts. */
  grantSend(role: Role): void {
    grantSend(role, this.queue);
    grantKey(role, this.encryptionKey);
  }
}
