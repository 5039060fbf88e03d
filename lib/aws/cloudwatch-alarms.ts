// Alarms of CloudWatch as they stand, and their tags.
import {
  CloudWatchClient,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmReader } from '../alerting/inputs/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

type Alarms = Awaited<ReturnType<AlarmReader['inState']>>;
type State = Parameters<AlarmReader['inState']>[0];

interface Described {
  readonly AlarmArn?: string | undefined;
  readonly AlarmName?: string | undefined;
  readonly AlarmDescription?: string | undefined;
  readonly StateValue?: string | undefined;
  readonly StateReason?: string | undefined;
  readonly StateTransitionedTimestamp?: Date | undefined;
  readonly StateUpdatedTimestamp?: Date | undefined;
}

export class CloudWatchAlarms implements AlarmReader {
  private readonly client: CloudWatchClient;

  constructor(client: CloudWatchClient = new CloudWatchClient({ maxAttempts: 5 })) {
    this.client = client;
  }

  async tags(arn: string): Promise<Readonly<Record<string, string>>> {
    try {
      const { Tags = [] } = await this.client.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
      return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    } catch (error) {
      if (error instanceof Error && /ResourceNotFound/.test(error.name)) return {};
      throw sdkFailure(error, 'ListTagsForResource');
    }
  }

  async inState(state: State): Promise<Alarms> {
    const found: Alarms[number][] = [];
    const request = { StateValue: state, AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
    try {
      for await (const page of paginateDescribeAlarms({ client: this.client }, request)) {
        for (const alarm of page.MetricAlarms ?? []) {
          const { Namespace = '', MetricName = '', Dimensions = [] } = alarm;
          const dimensions = Dimensions.map(({ Name, Value }) => `${Name}=${Value}`);
          const looksAt = [Namespace, MetricName, ...dimensions].filter((part) => part !== '').join(' ');
          found.push(alarmOf(alarm, state, looksAt));
        }
        for (const alarm of page.CompositeAlarms ?? []) {
          found.push(alarmOf(alarm, state, alarm.AlarmRule ?? ''));
        }
      }
    } catch (error) {
      throw sdkFailure(error, 'DescribeAlarms');
    }
    return found;
  }
}

function alarmOf(alarm: Described, state: State, looksAt: string): Alarms[number] {
  const { AlarmArn: arn = '', AlarmName: name = '', AlarmDescription, StateReason } = alarm;
  const [, , , region = '', account = ''] = arn.split(':');
  const changed = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    arn,
    name,
    account,
    region,
    state,
    reason: StateReason ?? '',
    description: AlarmDescription ?? '',
    changedAt: changed?.getTime() ?? Date.now(),
    looksAt,
  };
}
