// Runs the encoder over a request, for tests: the documents as text, as X-Ray would get them.

import { parseExactJson } from '../../../lib/exporters/xray/encode/exact-json.ts';
import { SegmentEncoder } from '../../../lib/exporters/xray/encode/segment-encoder.ts';
import { XRAY_DEFAULTS, type XraySettings } from '../../../lib/exporters/xray/settings.ts';
import { TraceWalker } from '../../../lib/telemetry/walk.ts';
import { type EscapeMode, JsonBuffer } from '../../../lib/wire/json-buffer.ts';
import type { Document } from './oracle.ts';

export interface Encoded {
  /** Each document as JSON text. */
  readonly texts: string[];
  readonly rejected: string[];
  readonly cut: number;
}

/** @param mode 'twice' writes the text inside a JSON string, as it is sent, and takes it out again */
export function encodeTexts(
  otlp: Buffer,
  settings: Partial<XraySettings> = {},
  mode: EscapeMode = 'twice',
): Encoded {
  const json = new JsonBuffer(mode, 1 << 12);
  const texts: string[] = [];
  const rejected: string[] = [];
  let cut = 0;
  const encoder = new SegmentEncoder(
    json,
    { ...XRAY_DEFAULTS, ...settings },
    {
      open: () => undefined,
      close: (start) => {
        const written = json.slice(start).toString('utf8');
        texts.push(mode === 'once' ? written : (JSON.parse(`"${written}"`) as string));
      },
      reject: (reason) => rejected.push(reason),
      cut: () => {
        cut++;
      },
    },
  );
  new TraceWalker().walk(otlp, [encoder]);
  return { texts, rejected, cut };
}

/** The documents as objects, numbers with all their digits. */
export function encodeDocuments(otlp: Buffer, settings: Partial<XraySettings> = {}): Document[] {
  return encodeTexts(otlp, settings).texts.map((text) => parseExactJson(text) as Document);
}
