// DynamoDB and SQS by their JSON protocol through the signed client: a call is a line, without the SDK's start-up time.
import { PermanentError, RetryableError, type RetryableReason } from '../model/errors.ts';
import { classifyAwsAnswer, errorName } from './classify-answer.ts';
import { callWithRetry, type RetryBudget } from './retry.ts';
import type { AwsTransport } from './transport.ts';

const TARGET_PREFIX = { dynamodb: 'DynamoDB_20120810', sqs: 'AmazonSQS' } as const;

/** What is wrong is in the request, such as an item above 400 KB. Source: DynamoDB and SQS API references, 2026-11. */
const REFUSED_CONTENT: ReadonlySet<string> = new Set([
  'ValidationException',
  'ItemCollectionSizeLimitExceededException',
  'InvalidMessageContents',
  'BatchRequestTooLong',
]);

/** Time for the answer to one attempt, and for all attempts of a call. */
const ATTEMPT_TIMEOUT_MS = 3_000;
const CALL_TIMEOUT_MS = 8_000;

export interface JsonCallOptions {
  readonly budget: RetryBudget;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** A final answer that is no success. */
export interface Refusal {
  /** Such as `ConditionalCheckFailedException`. */
  readonly name: string;
  readonly body: Record<string, unknown>;
}

/** One service by its JSON protocol. */
export class JsonService {
  private readonly service: keyof typeof TARGET_PREFIX;
  private readonly transport: AwsTransport;
  private readonly options: JsonCallOptions;

  constructor(service: keyof typeof TARGET_PREFIX, transport: AwsTransport, options: JsonCallOptions) {
    this.service = service;
    this.transport = transport;
    this.options = options;
  }

  /**
   * @param expected error names that the caller handles; they come back as a Refusal
   * @param deadlineMs epoch milliseconds by which the call has ended; default: 8 seconds from now
   * @throws RetryableError; PermanentError 'rejected' for content that is never taken, 'denied' for any other refusal
   */
  async call<T extends object>(
    operation: string,
    request: object,
    expected: readonly string[] = [],
    deadlineMs = (this.options.now ?? Date.now)() + CALL_TIMEOUT_MS,
  ): Promise<T | Refusal> {
    const answer = await callWithRetry(
      this.transport,
      {
        service: this.service,
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `${TARGET_PREFIX[this.service]}.${operation}`,
        },
        body: Buffer.from(JSON.stringify(request)),
        timeoutMs: ATTEMPT_TIMEOUT_MS,
      },
      { ...this.options, classify: retryReason, deadlineMs },
    );
    const text = answer.body.toString();
    if (answer.status >= 200 && answer.status < 300) return parse(text) as T;
    const name = errorName(answer) ?? String(answer.status);
    if (expected.includes(name)) return { name, body: parse(text) };
    throw new PermanentError(
      REFUSED_CONTENT.has(name) ? 'rejected' : 'denied',
      `${this.service} ${operation} answered ${answer.status}: ${text.slice(0, 300)}`,
    );
  }
}

/** True for a refusal that the caller expected. */
export function isRefusal(result: object): result is Refusal {
  return 'name' in result && 'body' in result;
}

/** A DynamoDB table, an SQS queue being throttled, and a transaction in the way, all pass. */
function retryReason(answer: Parameters<typeof classifyAwsAnswer>[0]): RetryableReason | undefined {
  return errorName(answer) === 'TransactionConflictException' ? 'conflict' : classifyAwsAnswer(answer);
}

function parse(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new RetryableError('unavailable', 'the answer is not JSON', { cause: error });
  }
}
