// What answers of X-Ray mean, for a call and for each segment.
import { expect, test } from 'vitest';
import type { AwsAnswer } from '../../../lib/aws/transport.ts';
import {
  retryReason,
  segmentVerdict,
  unprocessedSegments,
  verdictOf,
} from '../../../lib/exporters/xray/classify.ts';

function answer(status: number, type?: string, body = '{}'): AwsAnswer {
  return { status, headers: type === undefined ? {} : { 'x-amzn-errortype': type }, body: Buffer.from(body) };
}

test.each([
  [200, undefined, undefined, 'accepted'],
  [400, 'InvalidRequestException', undefined, 'refused'],
  [400, 'ValidationException', undefined, 'refused'],
  [400, undefined, undefined, 'refused'],
  [413, 'RequestEntityTooLarge', undefined, 'refused'],
  [413, undefined, undefined, 'refused'],
  [403, 'AccessDeniedException', undefined, 'denied'],
  [403, 'UnrecognizedClientException', undefined, 'denied'],
  [404, undefined, undefined, 'denied'],
])('%i %s: not to be repeated, %s', (status, type, reason, verdict) => {
  expect(retryReason(answer(status, type))).toBe(reason);
  expect(verdictOf(answer(status, type))).toBe(verdict);
});

test.each([
  [429, 'ThrottledException', 'throttled'],
  [429, undefined, 'throttled'],
  [400, 'ThrottledException', 'throttled'],
  [400, 'ThrottlingException:http://internal.amazon.com/', 'throttled'],
  [400, 'com.amazonaws.xray#TooManyRequestsException', 'throttled'],
  [403, 'ExpiredTokenException', 'credentials'],
  [500, 'InternalFailure', 'unavailable'],
  [503, undefined, 'unavailable'],
])('%i %s: to be repeated, %s', (status, type, reason) => {
  expect(retryReason(answer(status, type))).toBe(reason);
});

test.each([
  ['ThrottledException', 'throttled'],
  ['Throttling', 'throttled'],
  ['LimitExceeded', 'throttled'],
  ['InvalidSegment', 'rejected'],
  ['ParseError', 'rejected'],
  ['MissingId', 'rejected'],
  ['DocumentTooLarge', 'rejected'],
  ['InternalError', 'unavailable'],
  ['SomethingNew', 'unavailable'],
  ['', 'unavailable'],
])('a segment left with %j is %s', (code, verdict) => {
  expect(segmentVerdict(code)).toBe(verdict);
});

test.each([
  ['{}', []],
  ['{"UnprocessedTraceSegments":null}', []],
  ['{"UnprocessedTraceSegments":[]}', []],
  [
    '{"UnprocessedTraceSegments":[{"Id":"00000000000000aa","ErrorCode":"Throttled","Message":"slow"},null,{}]}',
    [
      { id: '00000000000000aa', verdict: 'throttled', code: 'Throttled', message: 'slow' },
      { id: undefined, verdict: 'unavailable', code: '', message: '' },
      { id: undefined, verdict: 'unavailable', code: '', message: '' },
    ],
  ],
  ['<html>', undefined],
  ['', undefined],
  ['null', undefined],
  ['{"UnprocessedTraceSegments":7}', undefined],
])('reads %s', (body, expected) => {
  expect(unprocessedSegments(answer(200, undefined, body))).toEqual(expected);
});
