// The sections `ingest` and `export`: door, sizes, concurrency.
import { z } from 'zod';
import { RECEIVER_DEFAULTS, type ReceiverSettings } from '../../receivers/otlp/settings.ts';
import { type DoorSettings, THROTTLE_DEFAULTS } from '../deployment.ts';
import type { Problem } from '../problem.ts';
import { section, wholeNumber } from './parts.ts';

/** Lambda takes 6 MB and the body arrives as base64: 4.5 MiB less the envelope. @see AWS Lambda quotas, 2026-11 */
const MAX_BODY_BYTES = 4_718_592;
/** What OTLP recommends servers to accept; the functions' memory is sized for the default, which is below. */
const MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;
/** Maximum concurrency of an SQS event source. @see AWS::Lambda::EventSourceMapping ScalingConfig, 2026-11 */
const EXPORT_CONCURRENCY = { min: 2, max: 1000 };

export const ingestSchema = section({
  door: z.enum(['functionUrl', 'httpApi']).optional(),
  maxBodyBytes: wholeNumber(1024, MAX_BODY_BYTES).optional(),
  maxDecompressedBytes: wholeNumber(1024, MAX_DECOMPRESSED_BYTES).optional(),
  reservedConcurrency: wholeNumber(1, 10_000).optional(),
  throttle: section({
    requestsPerSecond: wholeNumber(1, 100_000),
    burst: wholeNumber(1, 100_000),
  }).optional(),
});

export const exportSchema = section({
  maxConcurrency: wholeNumber(EXPORT_CONCURRENCY.min, EXPORT_CONCURRENCY.max).optional(),
});

type Ingest = z.output<typeof ingestSchema>;

/** What a schema of single values cannot say. */
export function ingestProblems(ingest: Ingest): Problem[] {
  const problems: Problem[] = [];
  const { maxBodyBytes, maxDecompressedBytes } = receiverSettings(ingest);
  if (ingest.throttle !== undefined && ingest.door !== 'httpApi') {
    problems.push({
      level: 'error',
      path: 'ingest.throttle',
      message: 'expected door "httpApi": a function URL is throttled by ingest.reservedConcurrency',
    });
  }
  if (maxDecompressedBytes < maxBodyBytes) {
    problems.push({
      level: 'error',
      path: 'ingest.maxDecompressedBytes',
      message: `expected at least maxBodyBytes (${maxBodyBytes}), got ${maxDecompressedBytes}: an uncompressed body counts as decompressed`,
    });
  }
  return problems;
}

export function receiverSettings(ingest: Ingest): ReceiverSettings {
  return {
    ...RECEIVER_DEFAULTS,
    maxBodyBytes: ingest.maxBodyBytes ?? RECEIVER_DEFAULTS.maxBodyBytes,
    maxDecompressedBytes: ingest.maxDecompressedBytes ?? RECEIVER_DEFAULTS.maxDecompressedBytes,
  };
}

export function doorSettings(ingest: Ingest): DoorSettings {
  if (ingest.door !== 'httpApi') return { kind: 'functionUrl' };
  return { kind: 'httpApi', ...(ingest.throttle ?? THROTTLE_DEFAULTS) };
}
