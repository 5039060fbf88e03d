// The guard of X-Ray's 64 KB for a document: cuts what is least missed instead of losing the segment.
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { type JsonObject, parseExactJson } from './exact-json.ts';
import { shrinkDocument } from './shrink-document.ts';

/**
 * Replaces the document that starts at `start` by one that fits, if it does not.
 * @returns whether anything was cut
 */
export function fitDocument(json: JsonBuffer, start: number): boolean {
  const written = json.slice(start).toString('utf8');
  const text = json.mode === 'once' ? written : (JSON.parse(`"${written}"`) as string);
  if (Buffer.byteLength(text) <= MAX_DOCUMENT_BYTES) return false;
  const document = parseExactJson(text) as JsonObject;
  shrinkDocument(document, MAX_DOCUMENT_BYTES);
  json.length = start;
  json.raw(json.token(JSON.stringify(document)));
  return true;
}
