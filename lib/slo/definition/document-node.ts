// A place in a document that a person wrote (YAML, JSON or a configuration): reads values strictly and lists every
// problem with its path. A getter that finds something wrong says so and returns undefined; reading goes on.
import { parseDuration } from '../../model/duration.ts';
import type { ProblemList } from '../problems.ts';

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;
const SHOWN_LENGTH = 60;
/** A ratio written as such, or as a percentage. */
const PERCENT = /^(\d+(?:\.\d+)?)\s*%$/;

export class DocumentNode {
  readonly value: unknown;
  readonly path: string;
  readonly problems: ProblemList;

  constructor(value: unknown, path: string, problems: ProblemList) {
    this.value = value;
    this.path = path;
    this.problems = problems;
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** Says that this should have been something else. */
  expected(what: string): undefined {
    this.problems.error(this.path, `expected ${what}, got ${shown(this.value)}`);
    return undefined;
  }

  get fields(): Readonly<Record<string, unknown>> | undefined {
    const { value } = this;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  }

  has(key: string): boolean {
    return this.fields?.[key] !== undefined && this.fields[key] !== null;
  }

  /** The field of an object; absent where there is none. */
  field(key: string): DocumentNode {
    const own = this.fields !== undefined && Object.hasOwn(this.fields, key) ? this.fields[key] : undefined;
    const step = PLAIN_KEY.test(key) ? (this.path === '' ? key : `.${key}`) : `[${JSON.stringify(key)}]`;
    return new DocumentNode(own, `${this.path}${step}`, this.problems);
  }

  /** True when this is an object. Other keys than these are problems: ignored only where a foreign format has them. */
  object(keys: readonly string[], unknownKeys: 'error' | 'warning' = 'error'): boolean {
    const { fields, problems } = this;
    if (fields === undefined) {
      this.expected('an object');
      return false;
    }
    const known = `known are ${keys.join(', ')}`;
    for (const key of Object.keys(fields)) {
      if (keys.includes(key)) continue;
      const { path } = this.field(key);
      if (unknownKeys === 'error') problems.error(path, `unknown key; ${known}`);
      else problems.warning(path, `unknown key, ignored; ${known}`);
    }
    return true;
  }

  /** The items of a list; none, with a problem, when it is none. */
  items(): DocumentNode[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) {
      this.expected('a list');
      return [];
    }
    return this.value.map((item, index) => new DocumentNode(item, `${this.path}[${index}]`, this.problems));
  }

  /** A text that is not empty. */
  text(maxLength = Number.POSITIVE_INFINITY): string | undefined {
    const { value } = this;
    if (typeof value !== 'string' || value.trim() === '') return this.expected('a text');
    if (value.length > maxLength) return this.expected(`at most ${maxLength} characters`);
    return value;
  }

  oneOf<Word extends string>(words: readonly Word[]): Word | undefined {
    return words.includes(this.value as Word)
      ? (this.value as Word)
      : this.expected(`one of ${words.join(', ')}`);
  }

  number(what = 'a number', fits: (value: number) => boolean = () => true): number | undefined {
    const { value } = this;
    return typeof value === 'number' && Number.isFinite(value) && fits(value) ? value : this.expected(what);
  }

  boolean(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.value : this.expected('true or false');
  }

  /** A ratio from 0 to 1, as a number or as a text with a percent sign. @example 0.999 and "99.9%" are the same */
  ratio(what: string, fits: (value: number) => boolean): number | undefined {
    const { value } = this;
    const percent = typeof value === 'string' ? PERCENT.exec(value.trim())?.[1] : undefined;
    const ratio = percent === undefined ? value : Number((Number(percent) / 100).toPrecision(15));
    if (typeof ratio === 'number' && Number.isFinite(ratio) && fits(ratio)) return ratio;
    const hint = typeof value === 'number' && value > 1 ? `; ${value} percent is written "${value}%"` : '';
    this.problems.error(this.path, `expected ${what}, got ${shown(value)}${hint}`);
    return undefined;
  }

  /** Milliseconds of a duration such as "5m" or "30s", above zero. */
  duration(): number | undefined {
    const ms = typeof this.value === 'string' ? parseDuration(this.value) : undefined;
    return ms !== undefined && ms > 0 ? ms : this.expected('a duration such as "30s", "5m" or "30d"');
  }

  /** Epoch milliseconds of an ISO 8601 time with an offset. */
  time(): number | undefined {
    const { value } = this;
    const isTime =
      typeof value === 'string' &&
      /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(value);
    const ms = isTime ? Date.parse(value.replace(' ', 'T')) : Number.NaN;
    return Number.isNaN(ms) ? this.expected('a time with an offset such as "2026-01-31T12:00:00Z"') : ms;
  }

  /** Texts by name. */
  texts(): Record<string, string> | undefined {
    const { fields } = this;
    if (fields === undefined) return this.expected('an object of texts');
    const texts: Record<string, string> = {};
    for (const key of Object.keys(fields)) {
      const text = this.field(key).text();
      if (text !== undefined) Object.defineProperty(texts, key, { value: text, enumerable: true });
    }
    return texts;
  }
}

/** A value as it appears in a message: JSON, cut when it is long. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH - 1)}…`;
}
