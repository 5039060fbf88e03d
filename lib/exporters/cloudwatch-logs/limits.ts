// What CloudWatch Logs accepts, as published. Read on 22 Nov 2026 in botocore 1.43.107 (logs, PutLogEvents).

/** Longest name of a log group or stream, characters. */
export const MAX_LOG_NAME_CHARS = 512;

/** Largest sum of message bytes (UTF-8) plus EVENT_OVERHEAD_BYTES for each event of one PutLogEvents call. */
export const MAX_BATCH_BYTES = 1_048_576;

/** What CloudWatch adds to each event when it counts MAX_BATCH_BYTES. */
export const EVENT_OVERHEAD_BYTES = 26;

/** Most events of one PutLogEvents call. */
export const MAX_BATCH_EVENTS = 10_000;

/** The newest and the oldest event of one call may be this far apart; a call that spans more fails whole. */
export const MAX_BATCH_SPAN_MS = 24 * 3_600_000;

/** Largest single event: 1 MB, of which the overhead is kept free. */
export const MAX_MESSAGE_BYTES = MAX_BATCH_BYTES - EVENT_OVERHEAD_BYTES;

/** Events further in the future than this are rejected one by one. */
export const MAX_FUTURE_MS = 2 * 3_600_000;

/** Events older than this, or older than the retention of the group, are rejected one by one. */
export const MAX_AGE_MS = 14 * 24 * 3_600_000;
