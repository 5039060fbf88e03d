// What an error of an SDK client means, in the project's two families of errors.
import { PermanentError, RetryableError } from '../model/errors.ts';

/** What SDK errors carry. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
}

const THROTTLED = /throttl|TooManyRequests|LimitExceeded|SlowDown|RequestLimit/i;
const CREDENTIALS = /ExpiredToken|CredentialsProvider|TokenRefresh/i;
const DENIED = /AccessDenied|Unauthorized|NotAuthorized|InvalidClientToken|SignatureDoesNotMatch/i;

/**
 * The error of a call as ours, its cause kept.
 * @param what was called, such as `GetMetricData`
 */
export function sdkFailure(error: unknown, what: string): RetryableError | PermanentError {
  if (error instanceof RetryableError || error instanceof PermanentError) return error;
  const {
    name = 'Error',
    message = String(error),
    $metadata,
    $retryable,
  } = (error ?? {}) as Partial<SdkError>;
  const status = $metadata?.httpStatusCode;
  const text = `${what}: ${name}: ${message}`;
  const options = { cause: error };
  if (THROTTLED.test(name) || $retryable?.throttling === true || status === 429) {
    return new RetryableError('throttled', text, options);
  }
  if (CREDENTIALS.test(name)) return new RetryableError('credentials', text, options);
  if (/Timeout/i.test(name)) return new RetryableError('timeout', text, options);
  if (DENIED.test(name)) return new PermanentError('denied', text, options);
  // No status: nothing was answered.
  if (status === undefined || status >= 500) return new RetryableError('unavailable', text, options);
  return new PermanentError('rejected', text, options);
}
