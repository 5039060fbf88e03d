// OTLP log records → log events in their final form, `{"timestamp":ms,"message":"…"},`, written once while the request
// is walked; where each lies is kept in an index, from which plan.ts makes calls.
import type { LogRecordView } from '../../telemetry/log-record-view.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { LogVisitor } from '../../telemetry/walk.ts';
import { isZero64 } from '../../wire/fixed64.ts';
import { JsonBuffer } from '../../wire/json-buffer.ts';
import { JsonToken } from '../../wire/json-token.ts';
import { callHead } from './call-body.ts';
import { EventIndex } from './event-index.ts';
import { type LogStreamName, renderLogGroup, renderLogStream } from './names.ts';
import { MAX_RESOURCE_BYTES, RecordWriter } from './record-writer.ts';
import { TimeDigits } from './time-digits.ts';

/** The request whose records are encoded. */
export interface RecordSource {
  readonly ingestId: string;
  readonly acceptedAtMs: number;
  readonly otlp: Buffer;
}

/** What of a request is encoded now: records `from`…`to`, and whether none follow. Its events lie together. */
export interface TakenRecords {
  readonly from: number;
  readonly to: number;
  readonly last: boolean;
  readonly firstEvent: number;
  readonly endEvent: number;
}

/** Output that is collected before it has to be sent; a request above it is taken in several parts. */
export const PASS_BYTES = 32 * 1024 * 1024;

/**
 * A request may grow to this many times its size (a resource of 3 KB on lines of 80 bytes makes 40); from there on
 * its records do without resource and scope, or a hostile one would fill CloudWatch for days.
 */
const MAX_GROWTH = 64;

const TIMESTAMP = new JsonToken(Buffer.from('{"timestamp":'));
const MESSAGE = new JsonToken(Buffer.from(',"message":"{'));
/** Closes the id and the message's object, then the message and the event. */
const END = new JsonToken(Buffer.from('\\"}"},'));

export class LogEventEncoder implements LogVisitor {
  readonly events = new EventIndex();
  /** The streams of the events, by number. */
  readonly streams: LogStreamName[] = [];
  private readonly groupTemplate: string;
  private readonly streamTemplate: string;
  private readonly passBytes: number;
  private readonly json = new JsonBuffer('twice', 1 << 20);
  private readonly times = new TimeDigits(this.json);
  private readonly writer = new RecordWriter(this.json, this.times);
  private readonly streamNumbers = new Map<string, number>();
  private source: RecordSource = { ingestId: '', acceptedAtMs: 0, otlp: Buffer.alloc(0) };
  private stream = 0;
  /** Stream of the run of events that is being written; -1 starts a new one. */
  private runStream = -1;
  private readonly heads: Buffer[] = [];
  private ordinal = 0;
  private from = 0;
  private to: number | undefined;
  private taken = 0;
  private firstEvent = 0;
  private firstByte = 0;
  private growthLimit = 0;
  private full = false;

  /** @param passBytes see PASS_BYTES; smaller in tests */
  constructor(
    templates: { readonly groupTemplate: string; readonly streamTemplate: string },
    passBytes: number = PASS_BYTES,
  ) {
    this.groupTemplate = templates.groupTemplate;
    this.streamTemplate = templates.streamTemplate;
    this.passBytes = passBytes;
  }

  /** Holds the encoded events, see call-body.ts. Another one may take its place while a request is encoded. */
  get buffer(): Buffer {
    return this.json.bytes;
  }

  /** Bytes encoded so far. */
  get size(): number {
    return this.json.length;
  }

  /** Forgets all events and streams. */
  clear(): void {
    this.json.clear();
    this.events.clear();
    this.streams.length = 0;
    this.streamNumbers.clear();
    this.heads.length = 0;
    this.full = false;
  }

  /**
   * The records that follow belong to this request.
   * @param from records before this ordinal are passed over
   * @param to records from this ordinal on are passed over; given where an earlier delivery fixed it, and then all
   *   records up to it are taken, or none
   */
  begin(source: RecordSource, from: number, to: number | undefined): void {
    this.source = source;
    this.ordinal = 0;
    this.from = this.taken = from;
    this.to = to;
    this.firstEvent = this.events.count;
    this.firstByte = this.json.length;
    this.runStream = -1;
    this.growthLimit = this.firstByte + MAX_GROWTH * source.otlp.length + MAX_RESOURCE_BYTES;
    this.writer.request(source.ingestId);
  }

  end(): TakenRecords {
    this.json.ensure(1);
    if (this.to !== undefined && this.taken < Math.min(this.to, this.ordinal)) this.abort();
    return {
      from: this.from,
      to: this.taken,
      last: this.taken >= this.ordinal,
      firstEvent: this.firstEvent,
      endEvent: this.events.count,
    };
  }

  /** Forgets the events of the request that `begin` started. */
  abort(): void {
    this.events.count = this.firstEvent;
    this.json.length = this.firstByte;
    this.taken = this.from;
    if (this.json.length < this.passBytes) this.full = false;
  }

  resource(resource: ResourceView): void {
    const attribute = (key: string) => resource.text(key);
    const group = renderLogGroup(this.groupTemplate, attribute);
    const stream = renderLogStream(this.streamTemplate, attribute);
    const name = `${group}:${stream}`;
    const known = this.streamNumbers.get(name);
    this.stream = known ?? this.streams.length;
    if (known === undefined) {
      this.streamNumbers.set(name, this.stream);
      this.streams.push({ group, stream });
    }
    this.writer.resource(resource);
  }

  scope(scope: ScopeView): void {
    this.writer.scope(scope);
  }

  logRecord(record: LogRecordView): void {
    const ordinal = this.ordinal++;
    // In order and without a gap: what comes behind the first record that found no room waits for the next pass.
    if (ordinal !== this.taken || (this.to !== undefined && ordinal >= this.to)) return;
    // A request whose end is fixed is taken whole when it is the first of the pass, whatever it grows to.
    if (this.full && !(this.to !== undefined && this.firstEvent === 0)) return;
    this.taken = ordinal + 1;
    const { json } = this;
    const head = this.stream === this.runStream ? -1 : this.startRun();
    const start = json.length;
    const timestamp = this.timestampOf(record);
    TIMESTAMP.write(json);
    this.times.millis(timestamp);
    MESSAGE.write(json);
    const alone = start > this.growthLimit;
    this.writer.record(record, ordinal, alone);
    END.write(json);
    this.events.add(timestamp, start, json.length - 1, this.stream, head);
    if (this.writer.parts > 1) this.furtherParts(record, ordinal, alone, timestamp);
    if (json.length >= this.passBytes) this.full = true;
  }

  /** The events behind the first one of a record that is too long for one. */
  private furtherParts(record: LogRecordView, ordinal: number, alone: boolean, timestamp: number): void {
    const { json, writer } = this;
    for (let part = 2; part <= writer.parts; part++) {
      const start = json.length;
      TIMESTAMP.write(json);
      this.times.millis(timestamp);
      MESSAGE.write(json);
      writer.part(record, ordinal, alone, part);
      END.write(json);
      this.events.add(timestamp, start, json.length - 1, this.stream, -1);
    }
  }

  /** @returns where the head of a call for the stream lies, directly before the next event */
  private startRun(): number {
    const { json } = this;
    this.runStream = this.stream;
    this.heads[this.stream] ??= callHead(this.streams[this.stream]!);
    // One byte that closing the run before may take.
    json.byte(0x20);
    const start = json.length;
    json.raw(this.heads[this.stream]!);
    return start;
  }

  /** Event time: the record's own, else when it was observed, else when it was accepted (OTLP allows 0 for both). */
  private timestampOf(record: LogRecordView): number {
    const { data } = record.cursor;
    if (!isZero64(data, record.timeAt)) return this.times.millisAt(data, record.timeAt);
    if (!isZero64(data, record.observedTimeAt)) return this.times.millisAt(data, record.observedTimeAt);
    return this.source.acceptedAtMs;
  }
}
