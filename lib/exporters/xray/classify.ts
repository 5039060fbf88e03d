// What an answer of X-Ray means, for a call and for each segment in it. Source: API reference of PutTraceSegments
// ("Errors", UnprocessedTraceSegment), read in botocore 1.43.107.
import { classifyAwsAnswer, errorName } from '../../aws/classify-answer.ts';
import type { AwsAnswer } from '../../aws/transport.ts';
import type { RetryableReason } from '../../model/errors.ts';

/** A final answer to a call. */
export type CallVerdict =
  | 'accepted' // taken, but for the segments that the answer names
  | 'refused' // something in the call is not accepted; which document, a smaller call tells
  | 'denied'; // we are not allowed to call

/** What is to become of a segment that X-Ray did not process. */
export type SegmentVerdict = 'throttled' | 'unavailable' | 'rejected';

/** One entry of `UnprocessedTraceSegments`. */
export interface UnprocessedSegment {
  /** Segment id; undefined when X-Ray could not read one. */
  readonly id: string | undefined;
  readonly verdict: SegmentVerdict;
  /** X-Ray's own words. */
  readonly code: string;
  readonly message: string;
}

const REFUSED = new Set([
  'InvalidRequestException',
  'ValidationException',
  'SerializationException',
  'RequestEntityTooLarge',
]);

const THROTTLED = /thrott|limitexceeded|toomanyrequests|slowdown/i;

/** Codes that blame the document. A code that is not known is tried again, so that nothing is lost by a new word. */
const BLAMED = /invalid|malformed|missing|parse|toolarge|toobig|sizelimit|unsupported|validation|rejected/i;

/** Why the call is to be repeated; undefined for a final answer. Throttling is never final. */
export function retryReason(answer: AwsAnswer): RetryableReason | undefined {
  return REFUSED.has(errorName(answer) ?? '') ? undefined : classifyAwsAnswer(answer);
}

/** What a final answer says. */
export function verdictOf(answer: AwsAnswer): CallVerdict {
  if (answer.status >= 200 && answer.status < 300) return 'accepted';
  if (REFUSED.has(errorName(answer) ?? '')) return 'refused';
  return answer.status === 400 || answer.status === 413 ? 'refused' : 'denied';
}

/** What to do with a segment that was not processed. */
export function segmentVerdict(code: string): SegmentVerdict {
  if (THROTTLED.test(code)) return 'throttled';
  return BLAMED.test(code) ? 'rejected' : 'unavailable';
}

/**
 * Reads the segments that an accepted call left unprocessed.
 * @returns undefined when the answer cannot be read: then it is not known what was taken
 */
export function unprocessedSegments(answer: AwsAnswer): UnprocessedSegment[] | undefined {
  try {
    const { UnprocessedTraceSegments: entries } = JSON.parse(answer.body.toString()) as {
      UnprocessedTraceSegments?: ({ Id?: string; ErrorCode?: string; Message?: string } | null)[] | null;
    };
    return (entries ?? []).map((entry) => ({
      id: entry?.Id ?? undefined,
      verdict: segmentVerdict(entry?.ErrorCode ?? ''),
      code: entry?.ErrorCode ?? '',
      message: entry?.Message ?? '',
    }));
  } catch {
    return undefined;
  }
}
