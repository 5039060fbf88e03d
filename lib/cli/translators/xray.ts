// `tidewatch translate xray`: the segment documents of a request, written by the deployed encoder.
import { SegmentEncoder } from '../../exporters/xray/encode/segment-encoder.ts';
import { XRAY_DEFAULTS } from '../../exporters/xray/settings.ts';
import { TraceWalker } from '../../telemetry/walk.ts';
import { JsonBuffer } from '../../wire/json-buffer.ts';
import type { Translator } from './translator.ts';

export const xrayTranslator: Translator = {
  signal: 'traces',
  translate(otlp, { indexAll }) {
    const items: string[] = [];
    const warnings: string[] = [];
    const json = new JsonBuffer('once');
    const encoder = new SegmentEncoder(
      json,
      { ...XRAY_DEFAULTS, indexAllAttributes: indexAll },
      {
        open: () => undefined,
        close: (start) => {
          items.push(json.slice(start).toString('utf8'));
          json.clear();
        },
        reject: (reason) => warnings.push(`a span was left out: ${reason}`),
        cut: () => warnings.push('a document was cut to 64 KB'),
      },
    );
    new TraceWalker().walk(otlp, [encoder]);
    return { items, warnings };
  },
};
