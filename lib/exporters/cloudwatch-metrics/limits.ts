// What CloudWatch accepts in PutMetricData, as published. Read on 22 Nov 2026 in botocore 1.43.107 (cloudwatch,
// PutMetricData, MetricDatum, Dimension) and docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference.

/** Most datums of one call. */
export const MAX_CALL_DATUMS = 1000;

/** Largest body of one call, bytes. Whether AWS counts before or after gzip is not said; this is before. */
export const MAX_CALL_BYTES = 1_000_000;

/** Most distinct values of one datum. */
export const MAX_DATUM_VALUES = 150;

/** Most dimensions of one datum. */
export const MAX_DIMENSIONS = 30;

/** Longest name of a metric, a namespace or a dimension, characters. */
export const MAX_NAME_CHARS = 255;

/** Longest value of a dimension, characters. */
export const MAX_DIMENSION_VALUE_CHARS = 1024;

/** Points older than this are refused, and the whole call with them. */
export const MAX_AGE_MS = 14 * 24 * 3_600_000;

/** Points further in the future than this are refused, and the whole call with them. */
export const MAX_FUTURE_MS = 2 * 3_600_000;

/** Values lie within ±2^360; NaN and infinities are refused. */
export const MAX_EXPONENT = 360;
export const MAX_VALUE = 2 ** MAX_EXPONENT;

/** Smaller values than this count as zero: CloudWatch "rejects values that are either too small or too large". */
export const MIN_VALUE = 2 ** -MAX_EXPONENT;

/** Bodies below this are not worth compressing. Source: AWS SDKs, `requestMinCompressionSizeBytes`, default. */
export const MIN_GZIP_BYTES = 10_240;
