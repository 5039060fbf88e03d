// What an answer of PutMetricData means. Source: API reference of PutMetricData, "Errors", and the query protocol's
// names of the same, read in botocore 1.43.107.
import { classifyAwsAnswer, errorName } from '../../aws/classify-answer.ts';
import type { AwsAnswer } from '../../aws/transport.ts';
import type { RetryableReason } from '../../model/errors.ts';

/** A final answer. */
export type PutVerdict =
  | 'accepted'
  | 'refused' // one of the datums is not accepted, and so none of them is
  | 'denied'; // we are not

/** Names of errors that a datum is to blame for; the exception's and, where it differs, the query protocol's. */
const REFUSED: ReadonlySet<string> = new Set([
  'InvalidParameterCombination',
  'InvalidParameterCombinationException',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MissingParameter',
  'MissingRequiredParameterException',
  'SerializationException',
  'ValidationError',
  'ValidationException',
]);

const RETRYABLE: Readonly<Record<string, RetryableReason>> = {
  InternalServiceFault: 'unavailable',
  InternalServiceError: 'unavailable',
};

/** Why the call is to be repeated; undefined for a final answer. */
export function retryReason(answer: AwsAnswer): RetryableReason | undefined {
  const name = errorName(answer) ?? '';
  if (REFUSED.has(name)) return undefined;
  return RETRYABLE[name] ?? classifyAwsAnswer(answer);
}

/** What a final answer says. */
export function verdictOf(answer: AwsAnswer): PutVerdict {
  if (answer.status >= 200 && answer.status < 300) return 'accepted';
  if (answer.status === 413 || REFUSED.has(errorName(answer) ?? '')) return 'refused';
  return 'denied';
}
