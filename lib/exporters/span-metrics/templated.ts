// Text with the parts that look like ids taken out, so that a name does not have a value for each request.

/** What stands where an id was. */
const PLACEHOLDER = '*';

/** A word of these letters alone is sooner a digest than a word. */
const MIN_HEX_LETTERS = 12;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Replaces the parts of a name that are numbers, UUIDs, digests, addresses of persons or long mixtures of letters and
 * digits.
 * @example templated('load user 4711') // 'load user *'
 * @example templated('orders-v2') // 'orders-v2'
 */
export function templated(name: string): string {
  const query = name.search(/[?#]/);
  const kept = query < 0 ? name : name.slice(0, query);
  return kept.replace(/[^\s/:,;=&|()[\]{}<>"']+/g, (part) => (looksLikeId(part) ? PLACEHOLDER : part));
}

function looksLikeId(part: string): boolean {
  if (/^[^@]+@[^@]+\.[^@]+$/.test(part)) return true;
  const digits = part.replace(/\D/g, '').length;
  if (digits === 0) return part.length >= MIN_HEX_LETTERS && /^[0-9a-f]+$/i.test(part);
  // A number, with or without a sign or decimals, but not the 2 of "v2".
  if (/^[-+]?[\d._-]+$/.test(part)) return true;
  if (UUID.test(part) || /^[0-9a-f]{8,}$/i.test(part)) return true;
  return digits >= 5 || (part.length >= 20 && digits >= 3);
}
