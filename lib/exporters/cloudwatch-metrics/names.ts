// Names as CloudWatch takes them: ASCII without control characters, not blank, cut to a length.
import { MAX_NAME_CHARS } from './limits.ts';

/** Namespaces that start so are AWS's own. */
const RESERVED_PREFIX = 'AWS/';

/**
 * Text in ASCII: characters that CloudWatch refuses are percent-encoded as UTF-8, so that different texts stay
 * different.
 * @param maxChars longer results are cut, never inside an escape
 * @returns '' when the text holds nothing but white space
 * @example asciiText('café', 255) // 'caf%C3%A9'
 */
export function asciiText(text: string, maxChars: number): string {
  let result = '';
  for (const character of text.toWellFormed()) {
    const code = character.charCodeAt(0);
    const piece = code >= 0x20 && code < 0x7f ? character : encodeURIComponent(character);
    if (result.length + piece.length > maxChars) break;
    result += piece;
  }
  return result.trim() === '' ? '' : result;
}

/** Reads one resource attribute as text; undefined when the resource does not have it. */
export type ResourceAttribute = (key: string) => string | undefined;

/** OpenTelemetry's own word for a service without a name. */
export const UNKNOWN_SERVICE = 'unknown_service';

/**
 * The namespace of a resource's metrics.
 * @param template such as `Shop/{service.name}`; each `{key}` becomes the resource attribute of that key
 * @returns 1..255 ASCII characters that neither start with `AWS/` nor with `:`
 */
export function renderNamespace(template: string, attribute: ResourceAttribute): string {
  const text = template.replace(/\{([^{}]+)\}/g, (_, key: string) => {
    const value = attribute(key);
    if (value !== undefined && value.trim() !== '') return value;
    return key === 'service.name' ? UNKNOWN_SERVICE : `unknown_${key}`;
  });
  const refused = text.startsWith(RESERVED_PREFIX) || text.startsWith(':');
  return asciiText(refused ? `_${text}` : text, MAX_NAME_CHARS) || UNKNOWN_SERVICE;
}
