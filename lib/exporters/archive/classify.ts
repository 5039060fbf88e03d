// What S3's answer to a conditional PutObject means. Source: S3 API reference, PutObject, If-None-Match, 2026-11.
import { classifyAwsAnswer, errorName } from '../../aws/classify-answer.ts';
import type { AwsAnswer } from '../../aws/transport.ts';
import type { RetryableReason } from '../../model/errors.ts';

/** Why the call is to be repeated; undefined for a final answer. */
export function retryReason(answer: AwsAnswer): RetryableReason | undefined {
  if (answer.status === 409) return 'conflict';
  return classifyAwsAnswer(answer);
}

/** 412: an object of this key is there. Its key is the digest of its content, so it is this one. */
export function isStored(answer: AwsAnswer): boolean {
  return (answer.status >= 200 && answer.status < 300) || answer.status === 412;
}

/** What S3 said, for a message. */
export function refusalText(answer: AwsAnswer): string {
  return `S3 answered ${answer.status} ${errorName(answer) ?? ''}: ${answer.body.toString('utf8', 0, 300)}`;
}
