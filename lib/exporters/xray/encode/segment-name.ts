// Names of segments: nodes of the service map. X-Ray refuses a document whose name has other characters.
import { MAX_NAME_CHARS } from '../limits.ts';

/** Stands where nothing of a name is left. */
export const DEFAULT_NAME = 'span';

/**
 * What the collector keeps of a span's name: blank, ASCII digits, letters and some symbols. X-Ray would take more
 * (all numbers, all white space, backslash), but the same span shall stay the same node of the service map.
 */
const OUTSIDE_SPAN_NAME = /[^ 0-9\p{L}_.:/%&#=+\-@]/gu;

/** What X-Ray documents: letters, numbers, white space and `_ . : / % & # = + \ - @`. */
const OUTSIDE_SERVICE_NAME = /[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu;

/** A segment name made from a span's name; may be empty. @returns at most 200 characters */
export function cleanSpanName(name: string): string {
  return cutName(name.replace(OUTSIDE_SPAN_NAME, ''));
}

/** A segment name made from the name of a service, host, database or queue; may be empty. @returns at most 200 characters */
export function cleanServiceName(name: string): string {
  return cutName(name.replace(OUTSIDE_SERVICE_NAME, '').replace(/\s/g, ' '));
}

/** @returns at most 200 UTF-16 units, never half a letter */
function cutName(name: string): string {
  if (name.length <= MAX_NAME_CHARS) return name;
  const short = name.slice(0, MAX_NAME_CHARS);
  return short.isWellFormed() ? short : short.slice(0, -1);
}
