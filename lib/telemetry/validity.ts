// Which items are refused at the door (partial success) and skipped by the exporters: one rule for both.
import type { WireCursor } from '../wire/cursor.ts';
import type { SpanView } from './span-view.ts';

/** Lengths of OTLP ids in bytes. */
export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

export type SpanRejection = 'invalidTraceId' | 'invalidSpanId' | 'invalidParentSpanId';

/** Where the ids of a span lie; 0…0 for an absent one. */
export type SpanIds = Pick<
  SpanView,
  'traceIdStart' | 'traceIdEnd' | 'spanIdStart' | 'spanIdEnd' | 'parentSpanIdStart' | 'parentSpanIdEnd'
> & { readonly cursor: WireCursor };

/**
 * Why a span cannot be stored: ids are 16 and 8 bytes and not all zero (W3C Trace Context; OTLP leaves the handling
 * to the receiver). An empty parent id is a root span. A parent id of zeros is taken as none by all SDKs that send it.
 */
export function spanRejection(span: SpanIds): SpanRejection | undefined {
  const bytes = span.cursor.bytes;
  if (!isId(bytes, span.traceIdStart, span.traceIdEnd, TRACE_ID_BYTES)) return 'invalidTraceId';
  if (!isId(bytes, span.spanIdStart, span.spanIdEnd, SPAN_ID_BYTES)) return 'invalidSpanId';
  const parentLength = span.parentSpanIdEnd - span.parentSpanIdStart;
  if (parentLength !== 0 && parentLength !== SPAN_ID_BYTES) return 'invalidParentSpanId';
  return undefined;
}

/** True when the span names a parent; an id of zeros names none. */
export function hasParent(span: SpanView): boolean {
  return isId(span.cursor.bytes, span.parentSpanIdStart, span.parentSpanIdEnd, SPAN_ID_BYTES);
}

/** True when the range is `length` bytes and not all zero. */
export function isId(bytes: Buffer, start: number, end: number, length: number): boolean {
  if (end - start !== length) return false;
  for (let i = start; i < end; i++) if (bytes[i] !== 0) return true;
  return false;
}
