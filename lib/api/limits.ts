// What a request to the API and its answer may measure.

/** Largest body as received: Lambda takes 6 MB with base64. @see AWS Lambda quotas, 2026-11 */
export const MAX_BODY_BYTES = 4_718_592;

/** Largest body after decompression: 10,000 alerts of 1.6 KB. */
export const MAX_DECOMPRESSED_BYTES = 16 * 1024 * 1024;

/** Largest answer of a function as the JSON that Lambda sees. @see AWS Lambda quotas, 2026-11: 6 MB */
const MAX_RESULT_BYTES = 6_291_456;

/** Kept for status and headers of an answer. */
const ENVELOPE_BYTES = 16_384;

/** Largest body of an answer, as text within JSON or as base64. */
export const MAX_RESULT_BODY_BYTES = MAX_RESULT_BYTES - ENVELOPE_BYTES;

/** Below this an answer is not worth packing. */
export const MIN_GZIP_BYTES = 1_400;
