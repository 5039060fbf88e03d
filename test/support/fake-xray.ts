// PutTraceSegments in memory: the same segment id again replaces what was there, as in X-Ray.
import type { AwsAnswer, AwsCall, AwsTransport } from '../../lib/aws/transport.ts';
import { RetryableError } from '../../lib/model/errors.ts';

/** What happens to a call: 'lost' took effect without an answer, 'unreached' did not. */
export type XrayFault = 'throttle' | 'error' | 'lost' | 'unreached' | 'denied';

export class FakeXray implements AwsTransport {
  /** Documents by segment id, the last one put. */
  readonly segments = new Map<string, string>();
  calls = 0;
  fault: () => XrayFault | undefined = () => undefined;
  /** Segments left unprocessed by a call that is otherwise accepted. */
  leaves: (id: string) => boolean = () => false;

  async call(call: AwsCall): Promise<AwsAnswer> {
    if (call.service !== 'xray' || call.path !== '/TraceSegments') throw new Error(`not X-Ray: ${call.path}`);
    this.calls += 1;
    switch (this.fault()) {
      case 'throttle':
        return answer(429, { __type: 'ThrottledException', Message: 'slow down' });
      case 'error':
        return answer(500, { __type: 'InternalFailure' });
      case 'denied':
        return answer(403, { __type: 'AccessDeniedException' });
      case 'unreached':
        throw new RetryableError('timeout', 'no answer');
      case 'lost':
        this.store(call);
        throw new RetryableError('timeout', 'no answer');
      case undefined:
        return this.store(call);
    }
  }

  private store(call: AwsCall): AwsAnswer {
    const { TraceSegmentDocuments } = JSON.parse(Buffer.from(call.body).toString()) as {
      TraceSegmentDocuments: string[];
    };
    const UnprocessedTraceSegments: object[] = [];
    for (const document of TraceSegmentDocuments) {
      const { id } = JSON.parse(document) as { id: string };
      if (this.leaves(id)) UnprocessedTraceSegments.push({ Id: id, ErrorCode: 'ThrottledException' });
      else this.segments.set(id, document);
    }
    return answer(200, { UnprocessedTraceSegments });
  }
}

function answer(status: number, body: object): AwsAnswer {
  return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}
