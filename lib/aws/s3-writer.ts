// Writes request bodies that are too large for the queue as objects, with the small signed client.
import { PermanentError } from '../model/errors.ts';
import type { BodyStore } from '../receivers/otlp/ports.ts';
import { classifyAwsAnswer } from './classify-answer.ts';
import type { JsonCallOptions } from './json-call.ts';
import { objectPath } from './object-path.ts';
import { callWithRetry } from './retry.ts';
import type { AwsTransport } from './transport.ts';

/** A few megabytes within the region. */
const ATTEMPT_TIMEOUT_MS = 5_000;

/** PutObject into one bucket. Writing the same object again is harmless, so it is repeated after a time-out too. */
export class S3Writer implements BodyStore {
  private readonly bucket: string;
  private readonly transport: AwsTransport;
  private readonly options: JsonCallOptions;

  constructor(bucket: string, transport: AwsTransport, options: JsonCallOptions) {
    this.bucket = bucket;
    this.transport = transport;
    this.options = options;
  }

  async put(key: string, bytes: Uint8Array, deadlineMs: number): Promise<void> {
    const call = {
      service: 's3',
      method: 'PUT',
      path: objectPath(this.bucket, key),
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    } as const;
    const answer = await callWithRetry(this.transport, call, {
      ...this.options,
      classify: classifyAwsAnswer,
      deadlineMs,
    });
    if (answer.status === 200) return;
    const text = answer.body.toString('utf8', 0, 300);
    throw new PermanentError('denied', `object ${key}: S3 answered ${answer.status}: ${text}`);
  }
}
