// What taking in the alarms of CloudWatch needs from outside; lib/aws/cloudwatch-alarms.ts reads them.
import type { AlertSender } from '../api/ports.ts';
import type { AlarmSettings } from '../settings.ts';

export type AlarmState = 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';

export interface CloudWatchAlarm {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly state: AlarmState;
  readonly reason: string;
  readonly description: string;
  /** Epoch milliseconds of the change to this state. */
  readonly changedAt: number;
  /** What a metric alarm looks at, as `Namespace Metric name=value`; the rule of a composite one. */
  readonly looksAt: string;
}

export interface AlarmReader {
  /** Tags of an alarm; empty when it is gone. @throws RetryableError, PermanentError */
  tags(arn: string): Promise<Readonly<Record<string, string>>>;
  /** Alarms that are in a state now, metric and composite. @throws RetryableError, PermanentError */
  inState(state: AlarmState): Promise<readonly CloudWatchAlarm[]>;
}

export interface AlarmPorts {
  readonly alarms: AlarmReader;
  readonly queue: AlertSender;
  readonly settings: AlarmSettings;
}
