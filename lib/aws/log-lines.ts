// Lines of CloudWatch log groups, by FilterLogEvents, which costs nothing.
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogLines } from '../anomaly/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Events of one answer. Source: CloudWatch Logs API reference, FilterLogEvents, 2026-11. */
const MAX_EVENTS = 10_000;

export class CloudWatchLogLines implements LogLines {
  private readonly client: CloudWatchLogsClient;

  constructor(client: CloudWatchLogsClient = new CloudWatchLogsClient({ maxAttempts: 5 })) {
    this.client = client;
  }

  async groups(patterns: readonly string[]): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const pattern of patterns) {
      if (!pattern.endsWith('*')) found.add(pattern);
      else for (const name of await this.withPrefix(pattern.slice(0, -1))) found.add(name);
    }
    return [...found].sort();
  }

  async read(
    group: string,
    fromMs: number,
    toMs: number,
    most: number,
  ): Promise<{ readonly lines: readonly string[]; readonly isCut: boolean }> {
    const lines: string[] = [];
    let nextToken: string | undefined;
    do {
      const request = new FilterLogEventsCommand({
        logGroupName: group,
        startTime: fromMs,
        endTime: toMs - 1,
        limit: Math.min(MAX_EVENTS, most - lines.length),
        ...(nextToken !== undefined && { nextToken }),
      });
      try {
        const answer = await this.client.send(request);
        for (const { message } of answer.events ?? []) if (message !== undefined) lines.push(message);
        nextToken = answer.nextToken;
      } catch (error) {
        throw sdkFailure(error, 'FilterLogEvents');
      }
    } while (nextToken !== undefined && lines.length < most);
    return { lines, isCut: nextToken !== undefined };
  }

  private async withPrefix(logGroupNamePrefix: string): Promise<string[]> {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const request = new DescribeLogGroupsCommand({
        ...(logGroupNamePrefix !== '' && { logGroupNamePrefix }),
        ...(nextToken !== undefined && { nextToken }),
      });
      try {
        const answer = await this.client.send(request);
        for (const { logGroupName } of answer.logGroups ?? []) {
          if (logGroupName !== undefined) names.push(logGroupName);
        }
        nextToken = answer.nextToken;
      } catch (error) {
        throw sdkFailure(error, 'DescribeLogGroups');
      }
    } while (nextToken !== undefined);
    return names;
  }
}
