// From the body as received to OTLP protobuf: caps, decompression, JSON transcoding. Nothing in here waits.
import { MalformedError, PermanentError } from '../../model/errors.ts';
import type { Signal } from '../../model/signal.ts';
import type { BodyEncoding } from '../../model/telemetry-message.ts';
import { decompress } from '../../wire/compression.ts';
import { transcodeOtlpJson } from '../../wire/otlp-json/transcode.ts';
import { contentEncoding, contentType } from './media-type.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { OtlpRequest } from './request.ts';
import type { ReceiverSettings } from './settings.ts';

export interface ReadBody {
  readonly kind: 'body';
  /** OTLP protobuf. After JSON it lies in a buffer that the next request writes over. */
  readonly otlp: Buffer;
  /** The body as the sender meant it: decompressed, in its own encoding. What the ingest id is a digest of. */
  readonly original: Buffer;
  /** The body as it came, where that is OTLP protobuf and compressed, so that it need not be packed again. */
  readonly packed:
    | { readonly encoding: Exclude<BodyEncoding, 'identity'>; readonly bytes: Buffer }
    | undefined;
  /** For the sender, although the request is taken. */
  readonly warnings: readonly string[];
}

/** Reads the body of a request. @returns what it holds, or 400, 413, 415 */
export function readBody(
  request: OtlpRequest,
  signal: Signal,
  settings: ReceiverSettings,
): ReadBody | Refusal {
  const media = contentType(request);
  if (media.kind === 'refused') return media;
  const compression = contentEncoding(request);
  if (compression.kind === 'refused') return compression;
  const { body } = request;
  if (body.length > settings.maxBodyBytes) {
    return refuse(
      'bodyTooLarge',
      `the body has ${body.length} bytes; ${limits(settings)}; send smaller batches`,
    );
  }
  const { encoding } = compression;
  const { type } = media;
  try {
    const original = decompress(body, encoding, settings.maxDecompressedBytes);
    if (type === 'application/json') {
      const { otlp, warnings } = transcodeOtlpJson(signal, original, settings.maxDecompressedBytes);
      return { kind: 'body', otlp, original, packed: undefined, warnings };
    }
    const packed = encoding === 'identity' ? undefined : { encoding, bytes: body };
    return { kind: 'body', otlp: original, original, packed, warnings: [] };
  } catch (error) {
    if (error instanceof MalformedError) return refuse('malformed', error.message);
    if (error instanceof PermanentError && error.reason === 'tooLarge') {
      return refuse(
        'contentTooLarge',
        `the body is too large after decompression; ${limits(settings)}; send smaller batches`,
      );
    }
    throw error;
  }
}

function limits(settings: ReceiverSettings): string {
  const { maxBodyBytes, maxDecompressedBytes } = settings;
  return `at most ${maxBodyBytes} bytes as received and ${maxDecompressedBytes} after decompression are taken`;
}
