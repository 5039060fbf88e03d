// S3 in memory for one bucket: conditional PutObject and GetObject, with faults on demand.
import type { AwsAnswer, AwsCall, AwsTransport } from '../../lib/aws/transport.ts';
import { RetryableError } from '../../lib/model/errors.ts';

/** 'lost' took effect without an answer, 'unreached' did not. */
export type S3Fault = 'slow down' | 'error' | 'lost' | 'unreached' | 'denied' | 'conflict';

export class FakeS3 implements AwsTransport {
  readonly objects = new Map<string, Buffer>();
  readonly calls: AwsCall[] = [];
  puts = 0;
  fault: (call: AwsCall) => S3Fault | undefined = () => undefined;

  async call(call: AwsCall): Promise<AwsAnswer> {
    this.calls.push(call);
    switch (this.fault(call)) {
      case 'slow down':
        return refuse(503, 'SlowDown');
      case 'error':
        return refuse(500, 'InternalError');
      case 'denied':
        return refuse(403, 'AccessDenied');
      case 'conflict':
        return refuse(409, 'ConditionalRequestConflict');
      case 'unreached':
        throw new RetryableError('timeout', 'no answer');
      case 'lost':
        this.answer(call);
        throw new RetryableError('timeout', 'no answer');
      case undefined:
        return this.answer(call);
    }
  }

  /** Keys without the bucket, decoded. */
  get keys(): string[] {
    return [...this.objects.keys()];
  }

  private answer({ method, path, headers, body }: AwsCall): AwsAnswer {
    const key = path.split('/').slice(2).map(decodeURIComponent).join('/');
    const there = this.objects.get(key);
    if (method === 'GET') {
      return there === undefined ? refuse(404, 'NoSuchKey') : { status: 200, headers: {}, body: there };
    }
    if (headers['if-none-match'] === '*' && there !== undefined) return refuse(412, 'PreconditionFailed');
    this.puts += 1;
    this.objects.set(key, Buffer.from(body));
    return { status: 200, headers: {}, body: Buffer.alloc(0) };
  }
}

function refuse(status: number, code: string): AwsAnswer {
  return { status, headers: {}, body: Buffer.from(`<Error><Code>${code}</Code></Error>`) };
}
