// What an answer of CloudWatch Logs means. Source: API reference of PutLogEvents, CreateLogGroup, CreateLogStream
// and PutRetentionPolicy, "Errors", read in botocore 1.43.107.
import { classifyAwsAnswer, errorName } from '../../aws/classify-answer.ts';
import type { AwsAnswer } from '../../aws/transport.ts';
import type { RetryableReason } from '../../model/errors.ts';

/** A final answer. */
export type LogsVerdict =
  | 'accepted'
  | 'exists' // what was to be made is there already
  | 'missing' // the group or the stream is not there
  | 'noRoom' // the account has as many log groups as it may
  | 'refused' // the content is not accepted
  | 'denied'; // we are not

const FINAL: Readonly<Record<string, LogsVerdict>> = {
  DataAlreadyAcceptedException: 'accepted',
  ResourceAlreadyExistsException: 'exists',
  ResourceNotFoundException: 'missing',
  LimitExceededException: 'noRoom',
  InvalidParameterException: 'refused',
  InvalidOperationException: 'refused',
  SerializationException: 'refused',
  ValidationException: 'refused',
};

const RETRYABLE: Readonly<Record<string, RetryableReason>> = {
  // Two instances make the same group at once.
  OperationAbortedException: 'conflict',
  ServiceUnavailableException: 'unavailable',
  InvalidSequenceTokenException: 'unavailable',
};

/** Why the call is to be repeated; undefined for a final answer. */
export function retryReason(answer: AwsAnswer): RetryableReason | undefined {
  const name = errorName(answer) ?? '';
  if (name in FINAL) return undefined;
  return RETRYABLE[name] ?? classifyAwsAnswer(answer);
}

/** What a final answer says. */
export function verdictOf(answer: AwsAnswer): LogsVerdict {
  if (answer.status >= 200 && answer.status < 300) return 'accepted';
  const name = errorName(answer);
  const known = name === undefined ? undefined : FINAL[name];
  if (known !== undefined) return known;
  return answer.status === 413 ? 'refused' : 'denied';
}

/** Events of an accepted call that CloudWatch did not take, by reason. */
export interface RejectedEvents {
  readonly tooOld: number;
  readonly expired: number;
  readonly tooNew: number;
}

const NONE: RejectedEvents = { tooOld: 0, expired: 0, tooNew: 0 };

/**
 * Reads `rejectedLogEventsInfo`: the two ends are exclusive, the start is inclusive; what is older than the retention
 * and than 14 days is counted as too old only.
 * @param count events of the call
 */
export function rejectedEvents(answer: AwsAnswer, count: number): RejectedEvents {
  if (!answer.body.includes('rejectedLogEventsInfo')) return NONE;
  const { rejectedLogEventsInfo: info } = JSON.parse(answer.body.toString()) as {
    rejectedLogEventsInfo?: {
      tooOldLogEventEndIndex?: number;
      expiredLogEventEndIndex?: number;
      tooNewLogEventStartIndex?: number;
    } | null;
  };
  const tooOld = info?.tooOldLogEventEndIndex ?? 0;
  const expired = Math.max(0, (info?.expiredLogEventEndIndex ?? 0) - tooOld);
  const tooNew = info?.tooNewLogEventStartIndex === undefined ? 0 : count - info.tooNewLogEventStartIndex;
  return { tooOld, expired, tooNew };
}
