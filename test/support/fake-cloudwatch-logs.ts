// CloudWatch Logs in memory, as strict as the service: limits are its own figures here, not the product's.
import type { AwsAnswer, AwsCall, AwsTransport } from '../../lib/aws/transport.ts';
import { RetryableError } from '../../lib/model/errors.ts';

export interface StoredEvent {
  readonly group: string;
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

/** What happens to a call: 'lost' took effect without an answer, 'unreached' did not. */
export type Fault = 'throttle' | 'error' | 'lost' | 'unreached' | 'denied' | 'refused';

interface Request {
  logGroupName: string;
  logStreamName: string;
  logGroupNamePrefix: string;
  retentionInDays: number;
  logEvents: { timestamp: number; message: string }[];
}

const HOUR_MS = 3_600_000;

export class FakeCloudWatchLogs implements AwsTransport {
  readonly stored: StoredEvent[] = [];
  readonly calls: { operation: string; request: Request }[] = [];
  /** Streams by group. */
  readonly groups = new Map<string, { streams: Set<string>; retentionInDays?: number }>();
  /** Asked before each call. */
  fault: (operation: string, request: Request) => Fault | undefined = () => undefined;
  /** Most groups the account may have. */
  maxGroups = Number.POSITIVE_INFINITY;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    const operation = call.headers['x-amz-target']!.split('.')[1]!;
    const request = JSON.parse(Buffer.from(call.body).toString()) as Request;
    this.calls.push({ operation, request });
    const fault = this.fault(operation, request);
    switch (fault) {
      case 'throttle':
        return refuse(400, 'ThrottlingException', 'Rate exceeded');
      case 'error':
        return refuse(500, 'InternalFailure', '');
      case 'denied':
        return refuse(400, 'AccessDeniedException', 'not authorized');
      case 'refused':
        return invalid('content');
      case 'unreached':
        throw new RetryableError('timeout', 'no answer');
      case 'lost':
        this.answer(operation, request);
        throw new RetryableError('timeout', 'no answer');
      case undefined:
        return this.answer(operation, request);
    }
  }

  private answer(operation: string, request: Request): AwsAnswer {
    const group = this.groups.get(request.logGroupName);
    switch (operation) {
      case 'CreateLogGroup':
        if (group !== undefined) return refuse(400, 'ResourceAlreadyExistsException', '');
        if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(request.logGroupName)) return invalid('logGroupName');
        if (this.groups.size >= this.maxGroups) return refuse(400, 'LimitExceededException', '');
        this.groups.set(request.logGroupName, { streams: new Set() });
        return accept({});
      case 'PutRetentionPolicy':
        if (group === undefined) return missing('group');
        group.retentionInDays = request.retentionInDays;
        return accept({});
      case 'DescribeLogGroups': {
        const found = [...this.groups].filter(([name]) => name.startsWith(request.logGroupNamePrefix));
        return accept({
          logGroups: found.map(([logGroupName, { retentionInDays }]) => ({ logGroupName, retentionInDays })),
        });
      }
      case 'CreateLogStream':
        if (group === undefined) return missing('group');
        if (group.streams.has(request.logStreamName))
          return refuse(400, 'ResourceAlreadyExistsException', '');
        if (!/^[^:*]{1,512}$/s.test(request.logStreamName)) return invalid('logStreamName');
        group.streams.add(request.logStreamName);
        return accept({});
      case 'PutLogEvents':
        if (group === undefined) return missing('group');
        if (!group.streams.has(request.logStreamName)) return missing('stream');
        return this.put(request, group.retentionInDays);
      default:
        return refuse(400, 'UnknownOperationException', operation);
    }
  }

  private put({ logGroupName, logStreamName, logEvents }: Request, retentionInDays = 3650): AwsAnswer {
    const now = this.now();
    const sizes = logEvents.map(({ message }) => Buffer.byteLength(message) + 26);
    const times = logEvents.map(({ timestamp }) => timestamp);
    if (logEvents.length === 0 || logEvents.length > 10_000) return invalid('number of events');
    if (sizes.some((size) => size > 1_048_576)) return invalid('event size');
    if (logEvents.some(({ message }) => message === '')) return invalid('empty message');
    if (sizes.reduce((a, b) => a + b) > 1_048_576) return invalid('batch size');
    if (times.some((time, i) => i > 0 && time < times[i - 1]!)) return invalid('order');
    if (times.at(-1)! - times[0]! > 24 * HOUR_MS) return invalid('span');
    const old = times.filter((time) => time < now - 14 * 24 * HOUR_MS).length;
    const expired = times.filter((time) => time < now - retentionInDays * 24 * HOUR_MS).length;
    const fresh = times.filter((time) => time <= now + 2 * HOUR_MS).length;
    for (const { timestamp, message } of logEvents.slice(Math.max(old, expired), fresh)) {
      this.stored.push({ group: logGroupName, stream: logStreamName, timestamp, message });
    }
    return accept({
      nextSequenceToken: '1',
      ...((old > 0 || expired > 0 || fresh < times.length) && {
        rejectedLogEventsInfo: {
          ...(old > 0 && { tooOldLogEventEndIndex: old }),
          ...(expired > 0 && { expiredLogEventEndIndex: expired }),
          ...(fresh < times.length && { tooNewLogEventStartIndex: fresh }),
        },
      }),
    });
  }
}

function accept(body: object): AwsAnswer {
  return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}

function refuse(status: number, type: string, message: string): AwsAnswer {
  return { status, headers: {}, body: Buffer.from(JSON.stringify({ __type: type, message })) };
}

function invalid(what: string): AwsAnswer {
  return refuse(400, 'InvalidParameterException', what);
}

function missing(what: string): AwsAnswer {
  return refuse(400, 'ResourceNotFoundException', `The specified log ${what} does not exist.`);
}
