// The messages of one batch: envelopes read at its start, verdicts carried out at its end.
import type { Destination, Exporter } from '../exporters/exporter.ts';
import type { TelemetryMessage } from '../model/telemetry-message.ts';
import { backoffSeconds, type RetryReason } from './backoff.ts';
import { BatchCounters } from './batch-counters.ts';
import type { Verdict } from './decide.ts';
import { decodeMessage } from './decode-message.ts';
import type { Loaded } from './load-request.ts';
import type { ExportPorts, QueueRecord, Surroundings } from './ports.ts';
import { DONE, ProgressLedger } from './progress-ledger.ts';

/** One accepted request and all its deliveries in this batch: the queue may deliver twice, a client may send twice. */
export interface Group {
  readonly message: TelemetryMessage;
  readonly records: QueueRecord[];
}

/** What is known of a batch while it runs. */
export class Batch {
  readonly counters = new BatchCounters();
  readonly failedMessageIds: string[] = [];
  readonly log: string[] = [];
  readonly verdicts: { records: readonly QueueRecord[]; message?: TelemetryMessage; verdict: Verdict }[] = [];
  readonly deadlineMs: number;
  private readonly ports: ExportPorts;
  private readonly surroundings: Surroundings;

  constructor(ports: ExportPorts, surroundings: Surroundings, deadlineMs: number) {
    this.ports = ports;
    this.surroundings = surroundings;
    this.deadlineMs = deadlineMs;
  }

  /** Reads the envelopes; what is none is poison. */
  decode(records: readonly QueueRecord[]): Group[] {
    const groups = new Map<string, Group>();
    for (const record of records) {
      this.counters.add('pipeline', 'received', 1);
      if (record.receiveCount > 1) this.counters.add('pipeline', 'redelivered', 1);
      const decoded = decodeMessage(record.body);
      if (decoded.kind === 'poison') {
        const { reason, detail } = decoded;
        this.verdicts.push({ records: [record], verdict: { kind: 'poison', reason, detail, done: [] } });
        continue;
      }
      const group = groups.get(decoded.message.ingestId);
      if (group === undefined)
        groups.set(decoded.message.ingestId, { message: decoded.message, records: [record] });
      else {
        group.records.push(record);
        this.counters.add('pipeline', 'repeated', 1, 'sameBatch');
      }
    }
    return [...groups.values()];
  }

  /** Without the rows nothing may be sent: it might have been sent before. */
  async loadProgress(
    groups: readonly Group[],
    exporters: readonly Exporter[],
  ): Promise<ProgressLedger | undefined> {
    if (groups.length === 0) return undefined;
    try {
      const keys = groups.flatMap(({ message: { ingestId, signal } }) =>
        exporters
          .filter((exporter) => exporter.signals.includes(signal))
          .map(({ destination }) => ({ ingestId, destination })),
      );
      return new ProgressLedger(this.ports.progress, await this.ports.progress.load(keys));
    } catch (error) {
      this.postpone(groups, 'unavailable', `progress rows could not be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  postpone(groups: readonly Group[], reason: RetryReason, detail: string): void {
    for (const group of groups)
      this.refuse(group, { kind: 'retry', reason, detail, retryAfterMs: undefined });
  }

  /** A group that no exporter has seen. */
  refuse({ message, records }: Group, why: Exclude<Loaded, { kind: 'request' }>): void {
    const verdict: Verdict =
      why.kind === 'retry'
        ? { kind: 'retry', reasons: [why], detail: why.detail, done: [] }
        : { kind: 'poison', reason: why.reason, detail: why.detail, done: [] };
    if (why.kind === 'retry') this.counters.add('pipeline', 'errors', 1, why.reason);
    this.verdicts.push({ message, records, verdict });
  }

  /** Carries the verdicts out. */
  async settle(ledger: ProgressLedger | undefined): Promise<void> {
    const hidden: { receiptHandle: string; seconds: number }[] = [];
    const settled = await Promise.all(
      this.verdicts.map(async ({ records, message, verdict }) => {
        if (verdict.kind === 'success') return { records, again: undefined };
        if (message !== undefined && ledger !== undefined)
          await saveDone(ledger, message.ingestId, verdict.done);
        if (verdict.kind === 'retry') return { records, again: verdict };
        return { records, again: await this.bury(records, verdict) };
      }),
    );
    for (const { records, again } of settled) {
      if (again === undefined) continue;
      for (const { messageId, receiptHandle, receiveCount } of records) {
        const waits = again.reasons.map(({ reason, retryAfterMs }) =>
          backoffSeconds(reason, receiveCount, retryAfterMs, this.surroundings.random()),
        );
        hidden.push({ receiptHandle, seconds: Math.max(...waits) });
        this.failedMessageIds.push(messageId);
        this.log.push(`message ${messageId} delivered ${receiveCount} times goes back: ${again.detail}`);
      }
    }
    if (hidden.length > 0) await this.ports.queue.hide(hidden);
  }

  /** Dead-letter queue first; only then may the telemetry queue forget. @returns a verdict when that failed */
  private async bury(
    records: readonly QueueRecord[],
    { reason, detail }: Extract<Verdict, { kind: 'poison' }>,
  ): Promise<Extract<Verdict, { kind: 'retry' }> | undefined> {
    try {
      // Deliveries of one request hold the same body: one letter stands for all.
      await this.ports.queue.sendDeadLetter({ body: records[0]!.body, reason, detail });
    } catch (error) {
      const message = `dead-letter queue: ${(error as Error).message}`;
      return {
        kind: 'retry',
        reasons: [{ reason: 'unavailable', retryAfterMs: undefined }],
        detail: message,
        done: [],
      };
    }
    this.counters.add('pipeline', 'dropped', records.length, reason);
    this.log.push(`message ${records[0]!.messageId} goes to the dead-letter queue: ${reason}: ${detail}`);
    return undefined;
  }
}

/** So that the next delivery asks only the destinations that are missing. A row that is not written costs a repeat. */
async function saveDone(
  ledger: ProgressLedger,
  ingestId: string,
  destinations: readonly Destination[],
): Promise<void> {
  const open = destinations.filter((destination) => !ledger.isDone(ingestId, destination));
  await Promise.allSettled(
    open.map((destination) => ledger.save(destination, [{ ingestId, progress: DONE }])),
  );
}
