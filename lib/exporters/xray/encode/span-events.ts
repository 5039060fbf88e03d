// The events of the current span: exceptions, failed attempts of AWS calls, message sizes, and all others.

import { EXCEPTION, HTTP, MESSAGING } from '../../../model/semantic-conventions.ts';
import { AnyValueView, plainText, VALUE } from '../../../telemetry/any-value.ts';
import { SpanEventView } from '../../../telemetry/span-event-view.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import type { WireCursor } from '../../../wire/cursor.ts';

/** Name of the event that the AWS SDK's instrumentation writes for an attempt that failed. */
const AWS_FAILURE = 'HTTP request failure';
export const AWS_FAILURE_MESSAGE = 'aws.http.error_message';

export const EVENT = { other: 0, exception: 1, awsFailure: 2 } as const;
export type EventKind = (typeof EVENT)[keyof typeof EVENT];

export class SpanEvents {
  readonly event: SpanEventView;
  /** True when an event says how the span failed; its status message then says less. */
  hasFailure = false;
  /** What `findReceivedSize` found; 0 for none. */
  receivedLo = 0;
  receivedHi = 0;
  /** By event: 1 when the cause shows no frame of its stack trace. */
  unread = new Uint8Array(16);
  private readonly cursor: WireCursor;
  private readonly value = new AnyValueView();
  private isAwsCall = false;
  private parsedAt = -1;

  constructor(span: SpanView) {
    this.cursor = span.cursor;
    this.event = new SpanEventView(span.cursor, span.keys);
  }

  /** Looks through the events of a span that has some. */
  scan(span: SpanView, isAwsCall: boolean): void {
    const { events } = span;
    this.isAwsCall = isAwsCall;
    this.parsedAt = -1;
    this.hasFailure = false;
    if (events.count > this.unread.length) this.unread = new Uint8Array(events.count * 2);
    else this.unread.fill(0, 0, events.count);
    for (let i = 0; i < events.count; i++) {
      if (this.read(span, i) !== EVENT.other) this.hasFailure = true;
    }
  }

  /** Finds the first event that says how large a message was that the span received. */
  findReceivedSize(span: SpanView): void {
    this.receivedLo = this.receivedHi = 0;
    for (let i = 0; i < span.events.count && (this.receivedLo | this.receivedHi) === 0; i++) {
      this.read(span, i);
      this.readReceivedSize();
    }
  }

  /** Reads an event into `event`. */
  read(span: SpanView, index: number): EventKind {
    const { event, cursor } = this;
    const start = span.events.starts[index] as number;
    // Most spans that have events have one: it is read once for all that look at it.
    if (start !== this.parsedAt) {
      event.parse(start, span.events.ends[index] as number);
      this.parsedAt = start;
    }
    if (cursor.equals(event.nameStart, event.nameEnd, EXCEPTION.eventName)) return EVENT.exception;
    if (this.isAwsCall && cursor.equals(event.nameStart, event.nameEnd, AWS_FAILURE)) return EVENT.awsFailure;
    return EVENT.other;
  }

  /** Finds the text of a string attribute of the event. @returns undefined for other kinds */
  text(key: string): { start: number; end: number } | undefined {
    const place = this.event.attributes.indexOf(key);
    if (place < 0) return undefined;
    const { starts, ends } = this.event.attributes;
    this.value.read(this.cursor, starts[place] as number, ends[place] as number);
    return this.value.kind === VALUE.string ? { start: this.value.start, end: this.value.end } : undefined;
  }

  /** A plain attribute of the event as text. */
  plain(key: string): string | undefined {
    const place = this.event.attributes.indexOf(key);
    if (place < 0) return undefined;
    const { starts, ends } = this.event.attributes;
    return plainText(this.cursor, starts[place] as number, ends[place] as number);
  }

  has(key: string): boolean {
    return this.event.attributes.indexOf(key) >= 0;
  }

  /** True when the cause shows this attribute of the event that was read last. */
  isShown(kind: EventKind, index: number, place: number): boolean {
    const { attributes } = this.event;
    const key = attributes.keys[place]?.text ?? '';
    switch (kind) {
      case EVENT.exception: {
        if (key !== EXCEPTION.type && key !== EXCEPTION.message && key !== EXCEPTION.stacktrace) return false;
        const text = this.text(key);
        return (
          text !== undefined &&
          !(key === EXCEPTION.stacktrace && this.unread[index] === 1 && text.end > text.start)
        );
      }
      case EVENT.awsFailure: {
        if (key !== HTTP.statusCode && key !== AWS_FAILURE_MESSAGE) return false;
        const isWritten = this.plain(HTTP.statusCode) !== undefined && this.has(AWS_FAILURE_MESSAGE);
        return isWritten && (key === HTTP.statusCode || this.text(key) !== undefined);
      }
      case EVENT.other:
        return false;
    }
  }

  private readReceivedSize(): void {
    const type = this.text(MESSAGING.messageType);
    if (type === undefined || !this.cursor.equals(type.start, type.end, 'RECEIVED')) return;
    const place = this.event.attributes.indexOf(MESSAGING.oldPayloadSize);
    if (place < 0) return;
    const { starts, ends } = this.event.attributes;
    this.value.read(this.cursor, starts[place] as number, ends[place] as number);
    if (this.value.kind !== VALUE.int) return;
    this.receivedLo = this.value.lo;
    this.receivedHi = this.value.hi;
  }
}
