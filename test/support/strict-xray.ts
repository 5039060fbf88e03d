// X-Ray in memory, as strict as the service: limits are its own figures here, not the product's.
import type { AwsAnswer, AwsCall, AwsTransport } from '../../lib/aws/transport.ts';
import { RetryableError } from '../../lib/model/errors.ts';

export interface StoredSegment {
  readonly id: string;
  readonly trace_id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** What happens to a call: 'lost' took effect without an answer, 'unreached' did not. */
export type Fault =
  | 'throttle'
  | 'error'
  | 'lost'
  | 'unreached'
  | 'denied'
  | 'refused'
  | 'expired'
  | 'unreadable';

/** An entry of UnprocessedTraceSegments. */
export interface Unprocessed {
  readonly Id?: string;
  readonly ErrorCode: string;
  readonly Message?: string;
}

export class StrictXray implements AwsTransport {
  /** By trace id and segment id: a segment sent again replaces itself. */
  readonly stored = new Map<string, StoredSegment>();
  /** Segment ids of each call. */
  readonly calls: string[][] = [];
  inFlight = 0;
  mostInFlight = 0;
  /** Asked before each call. */
  fault: (segments: readonly StoredSegment[]) => Fault | undefined = () => undefined;
  /** Asked for each segment of an accepted call. */
  unprocessed: (segment: StoredSegment) => Unprocessed | undefined = () => undefined;

  async call(call: AwsCall): Promise<AwsAnswer> {
    if (call.service !== 'xray' || call.method !== 'POST' || call.path !== '/TraceSegments')
      return refuse(404, 'UnknownOperationException');
    const body = JSON.parse(Buffer.from(call.body).toString()) as { TraceSegmentDocuments: string[] };
    const segments = body.TraceSegmentDocuments.map((document) => JSON.parse(document) as StoredSegment);
    this.calls.push(segments.map(({ id }) => id));
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.inFlight--;
    switch (this.fault(segments)) {
      case 'throttle':
        return refuse(429, 'ThrottledException');
      case 'error':
        return refuse(500, 'InternalFailure');
      case 'denied':
        return refuse(403, 'AccessDeniedException');
      case 'expired':
        return refuse(403, 'ExpiredTokenException');
      case 'refused':
        return refuse(400, 'InvalidRequestException');
      case 'unreached':
        throw new RetryableError('timeout', 'no answer');
      case 'lost':
        this.answer(body.TraceSegmentDocuments, segments);
        throw new RetryableError('timeout', 'no answer');
      case 'unreadable':
        this.answer(body.TraceSegmentDocuments, segments);
        return { status: 200, headers: {}, body: Buffer.from('<html>') };
      case undefined:
        return this.answer(body.TraceSegmentDocuments, segments);
    }
  }

  private answer(documents: readonly string[], segments: readonly StoredSegment[]): AwsAnswer {
    if (documents.length === 0 || documents.length > 50) return refuse(400, 'InvalidRequestException');
    const left: Unprocessed[] = [];
    segments.forEach((segment, i) => {
      const problem =
        Buffer.byteLength(documents[i]!) > 65_536
          ? { Id: segment.id, ErrorCode: 'DocumentTooLarge' }
          : this.unprocessed(segment);
      if (problem !== undefined) left.push(problem);
      else this.stored.set(`${segment.trace_id}/${segment.id}`, segment);
    });
    return {
      status: 200,
      headers: {},
      body: Buffer.from(JSON.stringify({ UnprocessedTraceSegments: left })),
    };
  }
}

function refuse(status: number, type: string): AwsAnswer {
  return {
    status,
    headers: { 'x-amzn-errortype': type },
    body: Buffer.from(JSON.stringify({ message: type })),
  };
}
