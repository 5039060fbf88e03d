// How many attributes are looked at, by the exporters and by the door alike.

/**
 * Attributes of one resource, scope, span, event, link or record; further ones are left out and counted as
 * dropped. The default limit of the SDKs is 128 (OpenTelemetry specification, "Attribute limits"); without one of ours
 * a single span of 20 MB would hold 1.8 million, and hundreds of MB of memory.
 */
export const MAX_ATTRIBUTES = 8_192;

/** Of a data point, of which they are the identity: with one left out it is another series, so such a point is dropped. */
export const MAX_POINT_ATTRIBUTES = 131_072;

/** Entries of one map inside a value: more than fit into a log event of 1 MB, which is cut to that, and says so. */
export const MAX_MAP_ENTRIES = 262_144;
