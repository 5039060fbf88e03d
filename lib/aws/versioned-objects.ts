// Objects of one bucket that only the reader of the newest version may write: If-Match on the entity tag.
import type { StoredObject, VersionedObjects } from '../anomaly/ports.ts';
import { PermanentError } from '../model/errors.ts';
import { classifyAwsAnswer } from './classify-answer.ts';
import type { JsonCallOptions } from './json-call.ts';
import { objectPath } from './object-path.ts';
import { callWithRetry } from './retry.ts';
import type { AwsAnswer, AwsCall, AwsTransport } from './transport.ts';

/** A shard object holds 5 MB. */
const ATTEMPT_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 30_000;
/** The condition does not hold, or another conditional write of the same object is under way. */
const LOST = new Set([409, 412]);

export class S3VersionedObjects implements VersionedObjects {
  private readonly bucket: string;
  private readonly transport: AwsTransport;
  private readonly options: JsonCallOptions;

  constructor(bucket: string, transport: AwsTransport, options: JsonCallOptions) {
    this.bucket = bucket;
    this.transport = transport;
    this.options = options;
  }

  async load(key: string): Promise<StoredObject | undefined> {
    const answer = await this.call({ method: 'GET', path: objectPath(this.bucket, key), headers: {} });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refused(key, answer);
    return { bytes: answer.body, version: entityTag(key, answer) };
  }

  /**
   * A write whose answer is lost is sent again and then loses against itself: that is a conflict for the caller, who
   * reads again and finds its own work done.
   */
  async save(
    key: string,
    bytes: Uint8Array,
    version: string | undefined,
  ): Promise<{ readonly version: string } | 'conflict'> {
    const condition: Record<string, string> =
      version === undefined ? { 'if-none-match': '*' } : { 'if-match': version };
    const answer = await this.call({
      method: 'PUT',
      path: objectPath(this.bucket, key),
      headers: { 'content-type': 'application/octet-stream', ...condition },
      body: bytes,
    });
    if (LOST.has(answer.status)) return 'conflict';
    // The object was deleted since it was read.
    if (answer.status === 404 && version !== undefined) return 'conflict';
    if (answer.status !== 200) throw refused(key, answer);
    return { version: entityTag(key, answer) };
  }

  private call(
    request: Pick<AwsCall, 'method' | 'path' | 'headers'> & { body?: Uint8Array },
  ): Promise<AwsAnswer> {
    const { now = Date.now } = this.options;
    return callWithRetry(
      this.transport,
      { service: 's3', timeoutMs: ATTEMPT_TIMEOUT_MS, body: new Uint8Array(), ...request },
      { ...this.options, classify: classifyAwsAnswer, deadlineMs: now() + CALL_TIMEOUT_MS },
    );
  }
}

function entityTag(key: string, { headers }: AwsAnswer): string {
  const tag = headers.etag;
  if (tag !== undefined) return tag;
  throw new PermanentError('malformed', `object ${key}: S3 gave no entity tag`);
}

function refused(key: string, { status, body }: AwsAnswer): PermanentError {
  return new PermanentError(
    'denied',
    `object ${key}: S3 answered ${status}: ${body.toString('utf8', 0, 300)}`,
  );
}
