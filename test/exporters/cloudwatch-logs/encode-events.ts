// Runs the encoder as the exporter does and reads its output back.
import { CallBody } from '../../../lib/exporters/cloudwatch-logs/call-body.ts';
import { LogEventEncoder } from '../../../lib/exporters/cloudwatch-logs/encode.ts';
import { planChunks } from '../../../lib/exporters/cloudwatch-logs/plan.ts';
import { LOGS_DEFAULTS } from '../../../lib/exporters/cloudwatch-logs/settings.ts';
import { LogWalker } from '../../../lib/telemetry/walk.ts';
import { parseExact } from '../../reference/exact-json.ts';
import type { LogEvent } from '../../reference/logs-reference.ts';

export const SOURCE = {
  ingestId: '0123456789abcdef0123456789abcdef',
  acceptedAtMs: 1_795_000_000_123,
  groupTemplate: LOGS_DEFAULTS.groupTemplate,
  streamTemplate: LOGS_DEFAULTS.streamTemplate,
};

const walker = new LogWalker();
const encoder = new LogEventEncoder(LOGS_DEFAULTS);

export interface PutLogEvents {
  logGroupName: string;
  logStreamName: string;
  logEvents: { timestamp: number; message: string }[];
}

/** The bodies of all calls of one request. */
export function encodeCalls(otlp: Buffer): PutLogEvents[] {
  return encodeBodies(otlp).map((body) => JSON.parse(body.toString()) as PutLogEvents);
}

export function encodeBodies(otlp: Buffer): Buffer[] {
  encoder.clear();
  encoder.begin({ ...SOURCE, otlp }, 0, undefined);
  walker.walk(otlp, [encoder]);
  const { firstEvent, endEvent } = encoder.end();
  return planChunks(encoder.events, encoder.streams, firstEvent, endEvent).map(({ stream, events }) =>
    Buffer.from(new CallBody().write(encoder.streams[stream]!, encoder, events)),
  );
}

/** All events of one request, in the order of its records. */
export function encodeEvents(otlp: Buffer): LogEvent[] {
  return encodeCalls(otlp)
    .flatMap(({ logGroupName, logStreamName, logEvents }) =>
      logEvents.map(({ timestamp, message }) => ({
        group: logGroupName,
        stream: logStreamName,
        timestamp,
        message: parseExact(message) as Record<string, unknown>,
      })),
    )
    .sort((a, b) => ordinalOf(a) - ordinalOf(b));
}

function ordinalOf({ message }: LogEvent): number {
  return Number(String(message.recordId).split('-')[1]);
}
