// How deep attribute values may nest: one limit for the JSON door, the views and the encoders.

/** Arrays and maps nested deeper than this are neither read nor written; what lies above them is kept. */
export const MAX_VALUE_DEPTH = 64;
