// Segment documents for tests of the local X-Ray.

let counter = 0;

/** A segment id no other call gives. */
export function segmentId(): string {
  counter += 1;
  return counter.toString(16).padStart(16, '0');
}

/** A trace id no other call gives. */
export function traceId(): string {
  counter += 1;
  return `1-58406520-${counter.toString(16).padStart(24, '0')}`;
}

/** A finished segment of one second that ended now. */
export function segment(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Date.now() / 1000;
  return {
    name: 'shop',
    id: segmentId(),
    trace_id: traceId(),
    start_time: now - 1,
    end_time: now,
    ...fields,
  };
}
