// Talks to the emulator's admin endpoint: faults, what arrived and how often, addresses, and the clock a test needs.

export type FaultKind =
  | 'throttle' // the service's own "slow down"
  | 'error' // the service's own 500, or `status`
  | 'timeoutAfterSuccess' // the call takes effect, the connection closes without an answer after delayMs (1000)
  | 'slow' // answered after delayMs
  | 'unprocessed' // single items of a batch fail: X-Ray segments, SQS batch entries, DynamoDB batch items
  | 'duplicate' // sqs: a message reaches its function twice
  | 'late'; // sqs: a message reaches its function delayMs (2000) later

export interface FaultRule {
  /** xray, logs, monitoring, dynamodb, s3, sqs, lambda, … */
  readonly service: string;
  /** The API's name: PutTraceSegments. Every operation when absent. */
  readonly operation?: string;
  /** Part of the resource's name: queue URL, table, log group, namespace, function, path. */
  readonly resource?: string;
  readonly kind: FaultKind;
  /** 0..1, default 1. */
  readonly rate?: number;
  /** Default 1; the same seed strikes the same calls. */
  readonly seed?: number;
  /** Strike among the first n matching calls (or items) only. */
  readonly first?: number;
  readonly delayMs?: number;
  readonly status?: number;
  /** ErrorCode of an unprocessed item. */
  readonly errorCode?: string;
}

export interface FaultCount extends FaultRule {
  /** Calls or items the rule was asked about. */
  readonly seen: number;
  readonly injected: number;
}

export interface StoredSegment {
  readonly traceId: string;
  readonly segmentId: string;
  /** How often the segment was accepted. */
  readonly puts: number;
  readonly document: string;
}

export interface StoredLogEvent {
  /** Number of the accepted PutLogEvents call it came with. */
  readonly call: number;
  readonly logGroup: string;
  readonly logStream: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

export interface StoredDatum {
  /** Number of the accepted PutMetricData call it came with. */
  readonly call: number;
  readonly namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  /** Epoch seconds, or ISO 8601, as it was sent. */
  readonly Timestamp?: number | string;
  readonly Unit?: string;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: Readonly<Record<string, number>>;
}

/** One page of the admin endpoint's lists. */
const PAGE = 5000;

export class LocalAdmin {
  readonly #base: string;

  /** @param endpoint the emulator's, http://127.0.0.1:PORT */
  constructor(endpoint: string) {
    this.#base = `${endpoint.replace(/\/$/, '')}/_tidewatch`;
  }

  /** Whether the emulator answers. */
  async isHealthy(): Promise<boolean> {
    try {
      return ((await this.#call('GET', 'health')) as { ok?: boolean }).ok === true;
    } catch {
      return false;
    }
  }

  /** Replaces all rules. @throws Error naming the bad field */
  async setFaults(rules: readonly FaultRule[]): Promise<void> {
    await this.#call('PUT', 'faults', { rules });
  }

  /** The rules in force with what they did. */
  async faults(): Promise<FaultCount[]> {
    return ((await this.#call('GET', 'faults')) as { rules: FaultCount[] }).rules;
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', 'faults');
  }

  /** Every X-Ray document with how often it was accepted. */
  segments(): Promise<StoredSegment[]> {
    return this.#list('segments');
  }

  /** Documents that X-Ray would refuse for good, and why. */
  rejectedSegments(): Promise<{ segmentId: string | null; code: string; message: string }[]> {
    return this.#list('rejected-segments');
  }

  /** Events that PutLogEvents stored, in the order of arrival; a function's own log lines are not among them. */
  logEvents(groupPrefix = ''): Promise<StoredLogEvent[]> {
    return this.#list('log-events', { group: groupPrefix });
  }

  /** Datums that PutMetricData accepted, in the order of arrival; metrics of log lines (EMF) are not among them. */
  metricData(namespacePrefix = ''): Promise<StoredDatum[]> {
    return this.#list('metric-data', { namespace: namespacePrefix });
  }

  /** Calls by `service:Operation`, refused ones included. */
  async calls(): Promise<Record<string, number>> {
    return ((await this.#call('GET', 'calls')) as { calls: Record<string, number> }).calls;
  }

  /** Forgets segments, log events, metric data and calls that were recorded. */
  async clearRecords(): Promise<void> {
    await this.#call('DELETE', 'records');
  }

  /** Gives a host of the emulator (function URL, API) a loopback port of its own. @returns http://127.0.0.1:PORT */
  async openAddress(host: string, port = 0): Promise<string> {
    const answer = (await this.#call('POST', 'addresses', { host, port })) as { port: number };
    return `http://127.0.0.1:${answer.port}`;
  }

  /** Kills the processes of functions whose name holds the text, in the middle of their work. @returns how many */
  async killFunctions(name = ''): Promise<number> {
    return ((await this.#call('POST', 'kill-functions', { name })) as { killed: number }).killed;
  }

  /** Makes messages in flight visible at once, as if their time-out had passed. @returns how many */
  async releaseMessages(queue = ''): Promise<number> {
    return ((await this.#call('POST', 'release-messages', { queue })) as { released: number }).released;
  }

  async #list<T>(what: string, query: Record<string, string> = {}): Promise<T[]> {
    const items: T[] = [];
    for (;;) {
      const page = new URLSearchParams({ ...query, offset: String(items.length), limit: String(PAGE) });
      const answer = (await this.#call('GET', `${what}?${page}`)) as { total: number; items: T[] };
      items.push(...answer.items);
      if (items.length >= answer.total || answer.items.length === 0) return items;
    }
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#base}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = (await response.json()) as { message?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.message ?? response.status}`);
    return answer;
  }
}
