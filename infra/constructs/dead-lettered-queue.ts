// A queue and its dead-letter queue, encrypted and for TLS only, with an alarm for each thing that must not happen.
import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StackAlarms } from './stack-alarms.ts';

/** The longest that SQS keeps a message. */
const RETENTION = Duration.days(14);

export interface DeadLetteredQueueProps {
  /** What lies in it, for alarm texts: "telemetry". */
  readonly content: string;
  /** `highThroughputFifo` keeps the order within a message group, and takes explicit deduplication ids only. */
  readonly kind: 'standard' | 'highThroughputFifo';
  /** At least six times the time-out of the function that reads it. */
  readonly visibilityTimeout: Duration;
  /** Deliveries of a message before SQS itself moves it to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Age of the oldest message that raises an alarm. */
  readonly alarmAge: Duration;
  readonly alarms: StackAlarms;
  /** Undefined leaves encryption to SQS's own keys. */
  readonly encryptionKey?: IKey | undefined;
}

export class DeadLetteredQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: DeadLetteredQueueProps) {
    super(scope, id);
    const common: QueueProps = {
      enforceSSL: true,
      retentionPeriod: RETENTION,
      ...(props.encryptionKey === undefined
        ? { encryption: QueueEncryption.SQS_MANAGED }
        : { encryption: QueueEncryption.KMS, encryptionMasterKey: props.encryptionKey }),
      ...(props.kind === 'highThroughputFifo' && {
        fifo: true,
        contentBasedDeduplication: false,
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', common);
    this.queue = new Queue(this, 'Queue', {
      ...common,
      visibilityTimeout: props.visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount },
    });
    props.alarms.whenDeadLettersArrive(this, this.deadLetters, props.content);
    props.alarms.whenQueueFallsBehind(this, this.queue, props.content, props.alarmAge);
  }
}
