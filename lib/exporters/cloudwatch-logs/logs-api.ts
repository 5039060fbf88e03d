// Calls to CloudWatch Logs through the signed client, repeated as far as repeating is safe.
import { callWithRetry, type RetryBudget } from '../../aws/retry.ts';
import type { AwsAnswer, AwsTransport } from '../../aws/transport.ts';
import { retryReason } from './classify.ts';

export type LogsOperation =
  | 'PutLogEvents'
  | 'CreateLogGroup'
  | 'CreateLogStream'
  | 'PutRetentionPolicy'
  | 'DescribeLogGroups';

/** How calls are repeated; clock and chance are given so that tests have theirs. */
export interface CallOptions {
  readonly budget: RetryBudget;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Time for the answer to one attempt. */
const ATTEMPT_TIMEOUT_MS = 10_000;

export class LogsApi {
  private readonly transport: AwsTransport;
  private readonly options: CallOptions;

  constructor(transport: AwsTransport, options: CallOptions) {
    this.transport = transport;
    this.options = options;
  }

  /**
   * Sends one call until its answer is final. PutLogEvents is not idempotent: without an answer it is not repeated.
   * @param body JSON
   * @throws RetryableError
   */
  call(
    operation: LogsOperation,
    body: Uint8Array,
    deadlineMs: number,
    now: () => number,
  ): Promise<AwsAnswer> {
    return callWithRetry(
      this.transport,
      {
        service: 'logs',
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `Logs_20140328.${operation}`,
        },
        body,
        timeoutMs: ATTEMPT_TIMEOUT_MS,
      },
      {
        ...this.options,
        classify: retryReason,
        deadlineMs,
        now,
        repeatAfterTimeout: operation !== 'PutLogEvents',
      },
    );
  }

  /** The same for a request that is not on the hot path. */
  ask(operation: LogsOperation, request: object, deadlineMs: number, now: () => number): Promise<AwsAnswer> {
    return this.call(operation, Buffer.from(JSON.stringify(request)), deadlineMs, now);
  }
}
