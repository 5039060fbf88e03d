// What the export pipeline needs from outside; lib/aws implements these, tests simulate them.
import type { Destination } from '../exporters/exporter.ts';

/** One delivery of a queue message. */
export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often the queue has delivered it, this time included; >= 1. */
  readonly receiveCount: number;
}

/** Bodies that were too large for the queue. */
export interface BodyStore {
  /** @throws PermanentError 'notFound' when there is no such object, 'tooLarge' above `maxBytes`; RetryableError */
  load(key: string, maxBytes: number): Promise<Buffer>;
}

export interface ProgressKey {
  readonly ingestId: string;
  readonly destination: Destination;
}

/** How far a destination got with an accepted request. */
export interface ProgressRow extends ProgressKey {
  readonly progress: string;
  /** Counts up with each write; what a conditional write compares. */
  readonly version: number;
}

/** A row to write: `version` is the one it gets, `version - 1` the one it must have (0: there must be no row). */
export type ProgressWrite = ProgressRow;

/** 'conflict': another instance wrote the row meanwhile. 'failed': not written, or without an answer. */
export type SaveResult = 'saved' | 'conflict' | 'failed';

export interface ProgressStore {
  /** The rows that exist, read consistently. Expired rows are absent. @throws RetryableError */
  load(keys: readonly ProgressKey[]): Promise<readonly ProgressRow[]>;
  /** Writes each row on its own. @returns one result for each row, in order; never rejects */
  save(rows: readonly ProgressWrite[]): Promise<readonly SaveResult[]>;
}

/** Why a message cannot be exported, however often it is tried. */
export type PoisonReason =
  | 'invalidEnvelope' // not the JSON of a TelemetryMessage
  | 'unknownVersion' // written by a newer ingest-otlp
  | 'bodyMissing' // the object it points at is gone
  | 'tooLarge' // unpacks to more than it said
  | 'malformed' // the body is not OTLP protobuf
  | 'encoderFailed' // a fault of ours; the message is kept for its repair
  | 'rejected'; // a destination refuses it for good

export interface DeadLetter {
  readonly body: string;
  readonly reason: PoisonReason;
  readonly detail: string;
}

export interface TelemetryQueue {
  /** Sends to the dead-letter queue, with the reason as message attributes. @throws RetryableError */
  sendDeadLetter(letter: DeadLetter): Promise<void>;
  /** Hides deliveries for so many seconds more. Best effort: never rejects. */
  hide(deliveries: readonly { readonly receiptHandle: string; readonly seconds: number }[]): Promise<void>;
}

export interface ExportPorts {
  readonly bodies: BodyStore;
  readonly progress: ProgressStore;
  readonly queue: TelemetryQueue;
}

/** The clock and the chance of the pipeline. */
export interface Surroundings {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** 0..1, 1 excluded. */
  readonly random: () => number;
}
