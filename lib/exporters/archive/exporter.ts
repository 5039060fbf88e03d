// The archive as a destination: everything that was accepted, as it was accepted, in objects by signal, tenant and minute.
// The key is a digest of the content, so sending again changes nothing; readers drop a request that lies in two objects.
import { rawKey, rawMinutePrefix } from '../../archive/raw-key.ts';
import { writeRawObject } from '../../archive/raw-object.ts';
import { objectPath } from '../../aws/object-path.ts';
import { callWithRetry, RetryBudget } from '../../aws/retry.ts';
import type { AwsTransport } from '../../aws/transport.ts';
import { PermanentError, RetryableError } from '../../model/errors.ts';
import { SIGNALS } from '../../model/signal.ts';
import type { Exporter, ExportOutcome, ExportRequest, FlushContext } from '../exporter.ts';
import { isStored, refusalText, retryReason } from './classify.ts';

const DESTINATION = 'archive';
const ATTEMPT_TIMEOUT_MS = 10_000;

/** How calls are repeated; clock and chance are given so that tests have theirs. */
export interface ArchiveOptions {
  readonly bucket: string;
  readonly transport: AwsTransport;
  readonly calls?: {
    readonly budget: RetryBudget;
    readonly random?: () => number;
    readonly sleep?: (milliseconds: number) => Promise<void>;
  };
}

export class ArchiveExporter implements Exporter {
  readonly destination = DESTINATION;
  readonly signals = SIGNALS;
  private readonly bucket: string;
  private readonly transport: AwsTransport;
  private readonly calls: NonNullable<ArchiveOptions['calls']>;
  private requests: ExportRequest[] = [];
  private current: ExportRequest | undefined;

  constructor({ bucket, transport, calls }: ArchiveOptions) {
    this.bucket = bucket;
    this.transport = transport;
    this.calls = calls ?? { budget: new RetryBudget() };
  }

  begin(request: ExportRequest): boolean {
    this.current = request;
    return true;
  }

  end(): void {
    if (this.current !== undefined) this.requests.push(this.current);
    this.current = undefined;
  }

  abort(): void {
    this.current = undefined;
  }

  async flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>> {
    const groups = Map.groupBy(this.requests, ({ signal, tenant, acceptedAtMs }) =>
      rawMinutePrefix(signal, tenant, acceptedAtMs),
    );
    this.requests = [];
    const outcomes = new Map<string, ExportOutcome>();
    await Promise.all(
      [...groups.values()].map(async (requests) => {
        const outcome = await this.put(requests, context);
        for (const { ingestId } of requests) outcomes.set(ingestId, outcome);
      }),
    );
    return outcomes;
  }

  /** @param requests of one signal, tenant and minute */
  private async put(requests: readonly ExportRequest[], context: FlushContext): Promise<ExportOutcome> {
    const { signal, tenant, acceptedAtMs } = requests[0]!;
    const { bytes, digest } = writeRawObject({ signal, tenant }, requests);
    const call = {
      service: 's3',
      method: 'PUT',
      path: objectPath(this.bucket, rawKey(signal, tenant, acceptedAtMs, digest)),
      headers: { 'content-type': 'application/zstd', 'if-none-match': '*' },
      body: bytes,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    } as const;
    const { deadlineMs, now, counters } = context;
    try {
      const answer = await callWithRetry(this.transport, call, {
        ...this.calls,
        classify: retryReason,
        deadlineMs,
        now,
      });
      if (!isStored(answer)) return { kind: 'retry', reason: 'credentials', message: refusalText(answer) };
      counters.add(DESTINATION, 'sent', requests.length);
      counters.add(DESTINATION, 'bytes', bytes.length);
      return { kind: 'done' };
    } catch (error) {
      return failure(error);
    }
  }
}

function failure(error: unknown): ExportOutcome {
  if (error instanceof RetryableError) {
    const { reason, message, retryAfterMs } = error;
    return { kind: 'retry', reason, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (error instanceof PermanentError)
    return { kind: 'retry', reason: 'unavailable', message: error.message };
  throw error;
}
