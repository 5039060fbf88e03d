// What X-Ray accepts, as published. Read on 22 Nov 2026: docs.aws.amazon.com/general/latest/gr/xray.html (quotas),
// docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html (documents).

/** Largest segment document in bytes of UTF-8. */
export const MAX_DOCUMENT_BYTES = 64 * 1024;

/** Most documents of one PutTraceSegments call: the constant of AWS's own daemon and of the collector's exporter. */
export const MAX_DOCUMENTS_PER_CALL = 50;

/** Segments a second that a region takes from one account. */
export const MAX_SEGMENTS_PER_SECOND = 2_600;

/** Longest segment name, characters. */
export const MAX_NAME_CHARS = 200;

/** Annotations that X-Ray indexes for one trace; a single document never has more. */
export const MAX_ANNOTATIONS = 50;

/** Longest key of an annotation, characters. */
export const MAX_ANNOTATION_KEY_CHARS = 500;

/** Longest value of a text annotation, characters. */
export const MAX_ANNOTATION_VALUE_CHARS = 1_000;
