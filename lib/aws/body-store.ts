// Request bodies that were too large for the queue, as objects of the archive bucket below `pending/`.
import { PermanentError } from '../model/errors.ts';
import type { BodyStore } from '../pipeline/ports.ts';
import { classifyAwsAnswer } from './classify-answer.ts';
import type { JsonCallOptions } from './json-call.ts';
import { objectPath } from './object-path.ts';
import { callWithRetry } from './retry.ts';
import type { AwsTransport } from './transport.ts';

const ATTEMPT_TIMEOUT_MS = 5_000;
const CALL_TIMEOUT_MS = 15_000;

export class S3BodyStore implements BodyStore {
  private readonly bucket: string;
  private readonly transport: AwsTransport;
  private readonly options: JsonCallOptions;

  constructor(bucket: string, transport: AwsTransport, options: JsonCallOptions) {
    this.bucket = bucket;
    this.transport = transport;
    this.options = options;
  }

  async load(key: string, maxBytes: number): Promise<Buffer> {
    const { now = Date.now } = this.options;
    const call = {
      service: 's3',
      method: 'GET',
      path: objectPath(this.bucket, key),
      headers: {},
      body: new Uint8Array(),
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    } as const;
    const answer = await callWithRetry(this.transport, call, {
      ...this.options,
      classify: classifyAwsAnswer,
      deadlineMs: now() + CALL_TIMEOUT_MS,
    });
    if (answer.status === 404) throw new PermanentError('notFound', `object ${key} does not exist`);
    if (answer.status !== 200) {
      const text = answer.body.toString('utf8', 0, 300);
      throw new PermanentError('denied', `object ${key}: S3 answered ${answer.status}: ${text}`);
    }
    if (answer.body.length > maxBytes) {
      throw new PermanentError(
        'tooLarge',
        `object ${key}: expected ${maxBytes} bytes, got ${answer.body.length}`,
      );
    }
    return answer.body;
  }
}
