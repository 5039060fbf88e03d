// Writes the `cause` block: exceptions with their stack traces, or the status message of a failed span.
import { EXCEPTION, HTTP } from '../../../model/semantic-conventions.ts';
import { SPAN_KINDS, type SpanView, STATUS_CODES } from '../../../telemetry/span-view.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../../telemetry/validity.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonToken, type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import { SLOT } from './attribute-slots.ts';
import { dropComma } from './http-writer.ts';
import { ID_PURPOSE, madeUpId } from './made-up-id.ts';
import type { SpanAttributes } from './span-attributes.ts';
import { AWS_FAILURE_MESSAGE, EVENT, type SpanEvents } from './span-events.ts';
import { type ExceptionText, StackTexts } from './stack-text.ts';
import { boundedEnd } from './text-range.ts';
import { MAX_DRAFT_BYTES } from './value-writer.ts';

const COMMA = 0x2c;

/** Type of the exception that stands for a failed attempt of an AWS call. */
const AWS_FAILURE_TYPE = 'aws.http.error.event';

const SYNTAX = {
  id: '"id":',
  type: '"type":',
  message: '"message":',
  remote: '"remote":true,',
  cause: '"cause":',
  skipped: '"skipped":',
};

/** How an exception ends. */
const END = '},';

export class CauseWriter {
  /** After `write`: whether the cause shows the span's status message. */
  statusMessageShown = false;
  private readonly json: JsonBuffer;
  private readonly attributes: SpanAttributes;
  private readonly events: SpanEvents;
  private readonly stacks: StackTexts;
  private readonly open: Uint8Array;
  private readonly tokens: JsonTokens<typeof SYNTAX>;
  /** Trace id and segment id of the document, of which the ids of its exceptions are made. */
  private readonly ids = Buffer.alloc(TRACE_ID_BYTES + SPAN_ID_BYTES);
  private count = 0;
  private isRemote = false;

  constructor(json: JsonBuffer, attributes: SpanAttributes, events: SpanEvents) {
    this.json = json;
    this.attributes = attributes;
    this.events = events;
    this.stacks = new StackTexts(json);
    this.open = json.token(',"cause":{"exceptions":[');
    this.tokens = jsonTokens(json, SYNTAX);
  }

  /**
   * Writes the block if there is anything to say.
   * @param madeUpSegmentId hex id of the document where it is not the span's @param language `telemetry.sdk.language` of the resource
   */
  write(span: SpanView, madeUpSegmentId: string | undefined, language: string | undefined): void {
    const { json } = this;
    const hasFailure = span.events.count > 0 && this.events.hasFailure;
    this.statusMessageShown = false;
    if (!hasFailure && span.statusCode !== STATUS_CODES.error) return;
    const { bytes } = span.cursor;
    bytes.copy(this.ids, 0, span.traceIdStart, span.traceIdEnd);
    if (madeUpSegmentId === undefined) bytes.copy(this.ids, TRACE_ID_BYTES, span.spanIdStart, span.spanIdEnd);
    else this.ids.write(madeUpSegmentId, TRACE_ID_BYTES, 'hex');
    this.count = 0;
    this.isRemote = span.kind === SPAN_KINDS.client || span.kind === SPAN_KINDS.producer;
    const from = json.length;
    json.raw(this.open);
    if (hasFailure) this.failures(span, language, from);
    else this.statusMessage(span);
    if (this.count === 0) {
      json.length = from;
      return;
    }
    dropComma(json);
    json.byte(0x5d);
    json.byte(0x7d);
  }

  private failures(span: SpanView, language: string | undefined, from: number): void {
    let skipped = 0;
    for (let i = 0; i < span.events.count; i++) {
      const kind = this.events.read(span, i);
      if (kind === EVENT.other) continue;
      if (this.json.length - from > MAX_DRAFT_BYTES) skipped++;
      else if (kind === EVENT.exception) this.exception(i, language);
      else this.awsFailure(span);
    }
    if (skipped > 0) this.skip(skipped);
  }

  /** Says in the last exception how many more there were. */
  private skip(count: number): void {
    const { json, tokens } = this;
    json.length -= END.length;
    json.byte(COMMA);
    tokens.skipped.write(json);
    json.integer(count);
    json.byte(COMMA);
    this.end();
  }

  private exception(index: number, language: string | undefined): void {
    const { events, json } = this;
    const { cursor } = events.event;
    const stack = events.text(EXCEPTION.stacktrace);
    const start = stack?.start ?? 0;
    const chain = this.stacks.of(language, cursor, start, stack?.end ?? 0);
    const first = this.count;
    if (chain.isUnread) events.unread[index] = 1;
    for (let i = 0; i < chain.exceptions.length; i++) {
      const exception = chain.exceptions[i] as ExceptionText;
      this.start();
      if (i === 0) {
        this.range(this.tokens.type, events.text(EXCEPTION.type));
        this.range(this.tokens.message, events.text(EXCEPTION.message));
      } else json.raw(exception.head);
      if (this.isRemote) this.tokens.remote.write(json);
      if (exception.cause !== undefined) this.field(this.tokens.cause, this.id(first + exception.cause));
      json.raw(exception.stack);
      this.end();
    }
  }

  private awsFailure(span: SpanView): void {
    const { events, json } = this;
    const code = events.plain(HTTP.statusCode);
    if (code === undefined || !events.has(AWS_FAILURE_MESSAGE)) return;
    this.start();
    this.field(this.tokens.type, AWS_FAILURE_TYPE);
    const message = events.text(AWS_FAILURE_MESSAGE);
    const { cursor } = span;
    const end = message === undefined ? 0 : boundedEnd(cursor.bytes, message.start, message.end);
    const text = message === undefined ? '' : cursor.text(message.start, end);
    this.field(this.tokens.message, `${code}@${microSeconds(cursor.data, events.event.timeAt)}@${text}`);
    this.tokens.remote.write(json);
    this.end();
  }

  private statusMessage(span: SpanView): void {
    const { attributes } = this;
    const hasMessage = span.statusMessageEnd > span.statusMessageStart;
    if (!hasMessage && !attributes.string(SLOT.oldStatusText)) return;
    this.start();
    this.range(
      this.tokens.message,
      hasMessage
        ? { start: span.statusMessageStart, end: span.statusMessageEnd }
        : { start: attributes.start, end: attributes.end },
    );
    this.end();
    this.statusMessageShown = hasMessage;
    const { statusMessageStart, statusMessageEnd } = span;
    const isSame = (start: number, end: number) =>
      !hasMessage || attributes.sameBytes(start, end, statusMessageStart, statusMessageEnd);
    if (attributes.string(SLOT.oldStatusText) && isSame(attributes.start, attributes.end)) {
      attributes.show(SLOT.oldStatusText);
    }
  }

  private start(): void {
    const { json } = this;
    json.byte(0x7b);
    this.tokens.id.write(json);
    json.quoteMark();
    json.ascii(this.id(this.count++));
    json.quoteMark();
    json.byte(COMMA);
  }

  private end(): void {
    dropComma(this.json);
    this.json.byte(0x7d);
    this.json.byte(COMMA);
  }

  private id(index: number): string {
    return madeUpId(this.ids, ID_PURPOSE.exception, index);
  }

  private field(key: JsonToken, text: string): void {
    key.write(this.json);
    this.json.string(text);
    this.json.byte(COMMA);
  }

  private range(key: JsonToken, range: { start: number; end: number } | undefined): void {
    if (range === undefined || range.start === range.end) return;
    const { bytes, data } = this.attributes.cursor;
    key.write(this.json);
    this.json.stringBytes(bytes, data, range.start, boundedEnd(bytes, range.start, range.end));
    this.json.byte(COMMA);
  }
}

/** A time in nanoseconds as seconds with six decimals. */
function microSeconds(data: DataView, at: number): string {
  const micros = at === 0 ? 0n : data.getBigUint64(at, true) / 1000n;
  return `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}`;
}
