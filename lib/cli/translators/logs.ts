// `tidewatch translate logs`: the log events of a request in the order of its records, written by the deployed encoder.
import { LogEventEncoder } from '../../exporters/cloudwatch-logs/encode.ts';
import { LOGS_DEFAULTS } from '../../exporters/cloudwatch-logs/settings.ts';
import { LogWalker } from '../../telemetry/walk.ts';
import type { Translator } from './translator.ts';

/** Stands in `recordId` for the id that ingest-otlp would give the request. */
const NO_INGEST_ID = '0'.repeat(32);

export const logsTranslator: Translator = {
  signal: 'logs',
  translate(otlp) {
    const encoder = new LogEventEncoder(LOGS_DEFAULTS, Number.POSITIVE_INFINITY);
    encoder.begin({ ingestId: NO_INGEST_ID, acceptedAtMs: Date.now(), otlp }, 0, undefined);
    new LogWalker().walk(otlp, [encoder]);
    encoder.end();
    const { events, buffer } = encoder;
    const items = Array.from({ length: events.count }, (_, i) =>
      buffer.toString('utf8', events.starts[i], events.ends[i]),
    );
    return { items, warnings: [] };
  },
};
