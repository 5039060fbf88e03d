// Log groups and streams that are made when they are first used, and the cap on the number of groups.
import { PermanentError, RetryableError } from '../../model/errors.ts';
import type { FlushContext } from '../exporter.ts';
import { type LogsVerdict, verdictOf } from './classify.ts';
import { MAX_LOG_NAME_CHARS } from './limits.ts';
import type { LogsApi, LogsOperation } from './logs-api.ts';
import type { LogStreamName } from './names.ts';
import { overflowLogGroup } from './names.ts';
import type { LogGroupStore } from './ports.ts';
import type { LogsSettings } from './settings.ts';

/** A group that found no place is looked at again after this time: the cap may have been raised. */
const REDIRECT_MS = 10 * 60_000;

/** Redirects kept in memory. */
const MAX_REDIRECTS = 10_000;

/** CloudWatch shows a new retention at once as a rule; asked so many times before it is an error. */
const RETENTION_CHECKS = 3;

export class LogTargets {
  private readonly api: LogsApi;
  private readonly store: LogGroupStore;
  private readonly settings: LogsSettings;
  private readonly overflow: string;
  /** Groups without a place of their own, and until when that is believed. */
  private readonly redirected = new Map<string, number>();
  private repaired = false;

  constructor(api: LogsApi, store: LogGroupStore, settings: LogsSettings) {
    this.api = api;
    this.store = store;
    this.settings = settings;
    this.overflow = overflowLogGroup(settings.groupTemplate);
  }

  /** Where records for a stream go now: there, or to the group of all that came too late. */
  resolve(wanted: LogStreamName, nowMs: number): LogStreamName {
    const until = this.redirected.get(wanted.group);
    return until !== undefined && nowMs < until ? this.overflowStream(wanted) : wanted;
  }

  /**
   * Makes the stream, and its group when that is missing too.
   * @param wanted as the templates say
   * @returns where the records go
   * @throws PermanentError 'denied' or 'rejected'; RetryableError
   */
  async create(wanted: LogStreamName, context: FlushContext): Promise<LogStreamName> {
    const target = this.resolve(wanted, context.now());
    if ((await this.createStream(target, context)) === 'done') return target;
    if (await this.createGroup(target.group, context)) {
      if ((await this.createStream(target, context)) === 'done') return target;
      throw new RetryableError('unavailable', `log group ${target.group} is not there yet`);
    }
    if (this.redirected.size >= MAX_REDIRECTS) this.redirected.clear();
    this.redirected.set(wanted.group, context.now() + REDIRECT_MS);
    context.counters.add('cloudwatch-logs', 'redirected', 1, 'tooManyGroups');
    return this.create(wanted, context);
  }

  /** Finishes, once in the life of a function, the groups whose maker was killed before their retention was set. */
  async repair(context: FlushContext): Promise<void> {
    if (this.repaired) return;
    for (const group of await this.store.unfinished()) {
      try {
        await this.setRetention(group, context);
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error;
        context.counters.add('cloudwatch-logs', 'errors', 1, 'retentionNotSet');
      }
    }
    this.repaired = true;
  }

  /** @returns false when there is no place for another group */
  private async createGroup(group: string, context: FlushContext): Promise<boolean> {
    const last = group === this.overflow;
    const claimed = await this.store.claim(group, last ? Number.MAX_SAFE_INTEGER : this.settings.maxGroups);
    if (!claimed && !last) return false;
    const verdict = await this.ask('CreateLogGroup', { logGroupName: group }, context);
    if (verdict === 'noRoom' && !last) return false;
    if (verdict !== 'accepted' && verdict !== 'exists') throw refusal(verdict, `log group ${group}`);
    await this.setRetention(group, context);
    return true;
  }

  private async createStream({ group, stream }: LogStreamName, context: FlushContext) {
    const verdict = await this.ask(
      'CreateLogStream',
      { logGroupName: group, logStreamName: stream },
      context,
    );
    if (verdict === 'missing') return 'groupMissing';
    if (verdict === 'accepted' || verdict === 'exists') return 'done';
    throw refusal(verdict, `log stream ${group}:${stream}`);
  }

  /** Sets the retention, looks whether it holds, and only then counts the group as made. */
  private async setRetention(group: string, context: FlushContext): Promise<void> {
    const { retentionDays } = this.settings;
    for (let check = 1; check <= RETENTION_CHECKS; check++) {
      const verdict = await this.ask(
        'PutRetentionPolicy',
        { logGroupName: group, retentionInDays: retentionDays },
        context,
      );
      // Somebody removed the group, or it was never made: nothing is left to keep it from growing for ever.
      if (verdict === 'missing') break;
      if (verdict !== 'accepted') throw refusal(verdict, `retention of ${group}`);
      const found = await this.retentionOf(group, context);
      if (found === 'unknown') context.counters.add('cloudwatch-logs', 'errors', 1, 'retentionNotRead');
      if (found === 'unknown' || found === retentionDays) break;
      if (check === RETENTION_CHECKS) {
        context.counters.add('cloudwatch-logs', 'errors', 1, 'retentionNotSet');
        return;
      }
    }
    await this.store.finished(group);
  }

  /** @returns undefined when none is set, 'unknown' when it may not be read */
  private async retentionOf(group: string, context: FlushContext): Promise<number | 'unknown' | undefined> {
    const { deadlineMs, now } = context;
    const answer = await this.api.ask('DescribeLogGroups', { logGroupNamePrefix: group }, deadlineMs, now);
    if (verdictOf(answer) !== 'accepted') return 'unknown';
    const { logGroups = [] } = JSON.parse(answer.body.toString()) as {
      logGroups?: { logGroupName: string; retentionInDays?: number }[];
    };
    return logGroups.find(({ logGroupName }) => logGroupName === group)?.retentionInDays;
  }

  private async ask(operation: LogsOperation, request: object, context: FlushContext): Promise<LogsVerdict> {
    return verdictOf(await this.api.ask(operation, request, context.deadlineMs, context.now));
  }

  /** The stream keeps the name of the group it would have had. */
  private overflowStream({ group, stream }: LogStreamName): LogStreamName {
    const prefix = this.overflow.slice(0, this.overflow.lastIndexOf('/') + 1);
    const own = group.startsWith(prefix) ? group.slice(prefix.length) : group;
    return { group: this.overflow, stream: `${own}/${stream}`.slice(0, MAX_LOG_NAME_CHARS).toWellFormed() };
  }
}

function refusal(verdict: LogsVerdict, what: string): PermanentError {
  return new PermanentError(
    verdict === 'denied' ? 'denied' : 'rejected',
    `CloudWatch Logs: ${what}: ${verdict}`,
  );
}
