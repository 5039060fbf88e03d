// The `cause` block and the fault, error and throttle flags.
import { ID_PURPOSE, madeUpId } from '../../lib/exporters/xray/encode/made-up-id.ts';
import { parseStackTrace } from '../../lib/exporters/xray/encode/stack-traces/parse-stack-trace.ts';
import { statusForFlags } from './xray-http.ts';
import type { Event, Integer, Json, Span } from './xray-types.ts';
import { type Attributes, attributesOf, entries, hex, plainText, seconds, text } from './xray-values.ts';

export interface Cause {
  readonly cause: Json | undefined;
  readonly flags: Json;
  /** Events, or parts of them, that the cause does not show. */
  readonly events: Json[];
  /** True when the status message stands in the cause. */
  readonly statusMessageShown: boolean;
  readonly statusTextShown: boolean;
}

const SHOWN_OF_EXCEPTION = ['exception.type', 'exception.message', 'exception.stacktrace'];

export function causeOf(
  span: Span,
  attributes: Attributes,
  language: string | undefined,
  segmentId: string,
): Cause {
  const exceptions: Json[] = [];
  const events: Json[] = [];
  const isAwsCall = text(attributes.get('rpc.system')) === 'aws-api';
  const remote = span.kind === 3 || span.kind === 4;
  const ids = Buffer.from(hex(span.traceId) + segmentId, 'hex');
  const newId = (index: number) => madeUpId(ids, ID_PURPOSE.exception, index);
  let hasExceptions = false;
  for (const event of span.events ?? []) {
    const given = attributesOf(event.attributes);
    if (event.name === 'exception') {
      hasExceptions = true;
      const [type, message, stack] = SHOWN_OF_EXCEPTION.map((key) => text(given.get(key)) ?? '') as [
        string,
        string,
        string,
      ];
      const parsed = parseStackTrace(language, type, message, stack);
      const first = exceptions.length;
      for (const found of parsed) {
        exceptions.push({
          id: newId(exceptions.length),
          type: found.type,
          message: found.message,
          remote,
          cause: found.cause === undefined ? undefined : newId(first + found.cause),
          stack: found.frames.length > 0 ? found.frames : undefined,
        });
      }
      const unread = parsed.length === 1 && parsed[0]?.frames.length === 0;
      for (const key of SHOWN_OF_EXCEPTION) {
        const shown = text(given.get(key)) !== undefined && !(key === 'exception.stacktrace' && unread);
        if (shown || given.get(key)?.stringValue === '') given.delete(key);
      }
      events.push(eventJson(event, given));
    } else if (isAwsCall && event.name === 'HTTP request failure') {
      hasExceptions = true;
      const code = plainText(given.get('http.response.status_code'));
      const shownMessage = given.get('aws.http.error_message');
      if (code !== undefined && shownMessage !== undefined) {
        exceptions.push({
          id: newId(exceptions.length),
          type: 'aws.http.error.event',
          message: `${code}@${microSeconds(event.timeUnixNano)}@${text(shownMessage) ?? ''}`,
          remote: true,
        });
        given.delete('http.response.status_code');
        if (shownMessage.stringValue !== undefined) given.delete('aws.http.error_message');
      }
      events.push(eventJson(event, given));
    } else events.push(eventJson(event, given));
  }

  const statusMessage = span.status?.message ?? '';
  const failed = span.status?.code === 2;
  const statusText = text(attributes.get('http.status_text'));
  const message = hasExceptions || !failed ? '' : statusMessage || (statusText ?? '');
  if (message !== '') exceptions.push({ id: newId(0), type: '', message });
  return {
    cause: exceptions.length > 0 ? { exceptions } : undefined,
    flags: flagsOf(statusForFlags(attributes), failed),
    events,
    statusMessageShown: statusMessage === '' || message === statusMessage,
    statusTextShown: message !== '' && message === statusText,
  };
}

function flagsOf(code: number | undefined, failed: boolean): Json {
  if (code !== undefined && code >= 400 && code <= 499) return { error: true, throttle: code === 429 };
  return { fault: code !== undefined && code >= 500 && code <= 599 ? true : failed };
}

function eventJson(event: Event, attributes: Attributes): Json {
  return {
    name: event.name ?? '',
    time: seconds(event.timeUnixNano),
    attributes: attributes.size > 0 ? entries(attributes) : undefined,
    dropped_attributes_count: event.droppedAttributesCount || undefined,
  };
}

function microSeconds(nanos: Integer | undefined): string {
  const micros =
    BigInt(
      typeof nanos === 'object' ? (BigInt(nanos.high >>> 0) << 32n) | BigInt(nanos.low >>> 0) : (nanos ?? 0),
    ) / 1000n;
  return `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}`;
}
