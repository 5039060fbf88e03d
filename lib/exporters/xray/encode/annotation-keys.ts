// Which attributes become annotations, and what X-Ray allows as one.
import { type AnyValueView, VALUE } from '../../../telemetry/any-value.ts';
import type { WireCursor } from '../../../wire/cursor.ts';
import { MAX_ANNOTATION_KEY_CHARS, MAX_ANNOTATION_VALUE_CHARS } from '../limits.ts';
import type { XraySettings } from '../settings.ts';

const NONE: ReadonlySet<string> = new Set();

export class AnnotationKeys {
  readonly indexAll: boolean;
  /** Keys that the span itself names in `aws.xray.annotations`. */
  listed: ReadonlySet<string> = NONE;
  private readonly asked: ReadonlySet<string>;

  constructor(settings: XraySettings) {
    this.indexAll = settings.indexAllAttributes;
    this.asked = new Set(settings.indexedAttributes);
  }

  /** True when any attribute of the current span could become an annotation. */
  get isNeeded(): boolean {
    return this.indexAll || this.asked.size > 0 || this.listed.size > 0;
  }

  /** True when the settings name the key; then it is an annotation even where a block already shows it. */
  isNamed(key: string): boolean {
    return this.asked.has(key);
  }

  /** True when the settings make the key an annotation. */
  isAsked(key: string): boolean {
    return this.indexAll || this.asked.has(key);
  }

  /** True when the settings or the current span make the key an annotation. */
  isIndexed(key: string): boolean {
    return this.indexAll || this.asked.has(key) || this.listed.has(key);
  }

  forget(): void {
    this.listed = NONE;
  }
}

/**
 * The key of an annotation: X-Ray allows letters, digits, `_` and `.`.
 * @returns undefined when the key is too long
 */
export function annotationName(key: string): string | undefined {
  if (key.length > MAX_ANNOTATION_KEY_CHARS && [...key].length > MAX_ANNOTATION_KEY_CHARS) return undefined;
  return key.replace(/[^A-Za-z0-9.]/gu, '_');
}

/** True for a number, a bool, or a text that is not too long. */
export function isAnnotationValue(cursor: WireCursor, value: AnyValueView): boolean {
  switch (value.kind) {
    case VALUE.int:
    case VALUE.bool:
    case VALUE.double:
      return true;
    case VALUE.string:
      return isShort(cursor.bytes, value.start, value.end);
    default:
      return false;
  }
}

function isShort(bytes: Buffer, start: number, end: number): boolean {
  if (end - start <= MAX_ANNOTATION_VALUE_CHARS) return true;
  if (end - start > 4 * MAX_ANNOTATION_VALUE_CHARS) return false;
  let characters = 0;
  for (let i = start; i < end; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) characters++;
  return characters <= MAX_ANNOTATION_VALUE_CHARS;
}
