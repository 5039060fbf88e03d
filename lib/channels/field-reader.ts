// The fields of one integration as a channel reads them: from an alertmanager.yml every scalar arrives as text, from
// the typed configuration as what it is. No message holds a value, since any value may be a secret.
import { parseDuration } from '../model/duration.ts';
import { PermanentError } from '../model/errors.ts';
import type { RenderOptions, Words } from './message/words.ts';

const TRUE = /^(true|yes|on|y)$/i;
const FALSE = /^(false|no|off|n)$/i;

export class FieldReader {
  readonly kind: string;
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly words: Words;
  /** Fields that were secret: no template is looked for in them. */
  private readonly secret: ReadonlySet<string>;

  constructor(
    kind: string,
    values: Readonly<Record<string, unknown>>,
    words: Words,
    secret: ReadonlySet<string> = new Set(),
  ) {
    this.kind = kind;
    this.values = values;
    this.words = words;
    this.secret = secret;
  }

  /** Undefined if it is absent or empty. @throws PermanentError `invalidConfig` */
  text(name: string): string | undefined {
    const value = this.own(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value.trim() === '' ? undefined : value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.wrong(name, 'a text', value);
  }

  /** @throws PermanentError `invalidConfig` */
  required(name: string): string {
    return this.text(name) ?? this.wrong(name, 'a text', undefined);
  }

  /** @throws PermanentError `invalidConfig` */
  url(name: string, fallback?: string): string {
    const value = this.text(name) ?? fallback ?? this.wrong(name, 'a URL', undefined);
    const url = URL.parse(value.trim());
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return this.wrong(name, 'a URL with http or https', undefined, 'something else');
    }
    return value.trim();
  }

  /** @throws PermanentError `invalidConfig` */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^[-+]?\d{1,15}$/.test(text)) return Number(text);
    return this.wrong(name, 'a whole number', this.own(name));
  }

  /** @throws PermanentError `invalidConfig` */
  boolean(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (TRUE.test(text)) return true;
    if (FALSE.test(text)) return false;
    return this.wrong(name, 'true or false', this.own(name));
  }

  /** Milliseconds; a bare number is milliseconds already. @throws PermanentError `invalidConfig` */
  durationMs(name: string): number | undefined {
    const value = this.own(name);
    if (typeof value === 'number') return value;
    const text = this.text(name);
    if (text === undefined) return undefined;
    return parseDuration(text) ?? this.wrong(name, 'a duration such as "30s"', value);
  }

  /** A structure of names and values; empty if absent. @throws PermanentError `invalidConfig` */
  map(name: string): Readonly<Record<string, unknown>> {
    const value = this.own(name);
    if (value === undefined || value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.wrong(name, 'a map', value);
  }

  /** @throws PermanentError `invalidConfig` */
  list(name: string): readonly unknown[] {
    const value = this.own(name);
    if (value === undefined || value === null) return [];
    return Array.isArray(value) ? value : this.wrong(name, 'a list', value);
  }

  /** What the template in a field says, or else our own words. @throws PermanentError `invalidConfig` */
  write(name: string, options: Omit<RenderOptions, 'field' | 'template'>): string {
    return this.words.render({ field: name, template: this.text(name), ...options });
  }

  /** A field that may hold a template; undefined if it is absent or says nothing. @throws PermanentError `invalidConfig` */
  template(name: string, format: RenderOptions['format'] = 'plain'): string | undefined {
    const template = this.text(name);
    if (template === undefined || this.secret.has(name)) return template;
    const text = this.words.render({ field: name, template, fallback: '', format });
    return text.trim() === '' ? undefined : text;
  }

  private own(name: string): unknown {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  private wrong(name: string, expected: string, got: unknown, what = typeName(got)): never {
    throw new PermanentError('invalidConfig', `${this.kind}.${name}: expected ${expected}, got ${what}`);
  }
}

/** What kind of value it is, never the value. */
function typeName(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}
