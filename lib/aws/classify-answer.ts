// What an answer of an AWS service means for a retry: throttled, for now impossible, or final.
import type { RetryableReason } from '../model/errors.ts';
import type { AwsAnswer } from './transport.ts';

/** Error codes by which AWS services say "slow down". Source: @smithy/service-error-classification, 2026-10. */
const THROTTLING = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'KmsThrottled',
  'OverLimit',
]);

/** Error codes of credentials that a later call may have replaced. */
const CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
]);

/** What most services mean; a destination with errors of its own puts its table before this one. */
export function classifyAwsAnswer(answer: AwsAnswer): RetryableReason | undefined {
  if (answer.status >= 200 && answer.status < 300) return undefined;
  const name = errorName(answer);
  if (answer.status === 429 || (name !== undefined && THROTTLING.has(name))) return 'throttled';
  if (name !== undefined && CREDENTIALS.has(name)) return 'credentials';
  if (answer.status >= 500 || answer.status === 408 || name === 'RequestTimeout') return 'unavailable';
  return undefined;
}

/**
 * The error code of an answer: of AWS JSON (`x-amzn-errortype`, `__type`, `code`) or XML (`<Code>`).
 * @returns undefined when it names none
 */
export function errorName(answer: AwsAnswer): string | undefined {
  const text = answer.headers['x-amzn-errortype'] ?? fromBody(answer.body);
  return text === undefined ? undefined : /^(?:[^:]*#)?([^:]*)/.exec(text)![1]!.trim() || undefined;
}

function fromBody(body: Buffer): string | undefined {
  const start = body.toString('utf8', 0, 2_000);
  const json = /"(?:__type|[cC]ode)"\s*:\s*"([^"]+)"/.exec(start)?.[1];
  return json ?? /<Code>([^<]+)<\/Code>/.exec(start)?.[1];
}

/**
 * What a service asks us to wait.
 * @returns milliseconds from `nowMs`, >= 0; undefined when it does not say
 */
export function retryAfter(answer: AwsAnswer, nowMs: number): number | undefined {
  const text = answer.headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
