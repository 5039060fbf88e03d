// Reads a tree of YAML values strictly: every unexpected key and value becomes a problem, reading goes on.
import { parsePrometheusDuration } from './duration.ts';
import type { ConfigProblem } from './problem.ts';

/** Scalars arrive as the text in the file (null if there is none): what it means, the field decides, as in Go. */
export type YamlValue = string | null | YamlValue[] | { readonly [key: string]: YamlValue };
export type YamlMap = Readonly<Record<string, YamlValue>>;

/** The spellings of YAML 1.1, which Alertmanager's reader accepts. */
const BOOLEANS = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
]);

export class ConfigReader {
  readonly problems: ConfigProblem[] = [];

  problem(path: string, message: string): undefined {
    this.problems.push({ path, message });
    return undefined;
  }

  /** A map whose keys are all known; an absent one is empty. */
  map(value: YamlValue | undefined, path: string, known: Iterable<string>): YamlMap {
    const map = this.anyMap(value, path);
    const names = new Set(known);
    for (const key of Object.keys(map)) {
      if (!names.has(key)) this.problem(below(path, key), `unknown field${choices(names)}`);
    }
    return map;
  }

  /** A map of any keys. */
  anyMap(value: YamlValue | undefined, path: string): YamlMap {
    if (value === undefined || value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value;
    this.problem(path, `expected a map, got ${shown(value)}`);
    return {};
  }

  list(value: YamlValue | undefined, path: string): readonly YamlValue[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.problem(path, `expected a list, got ${shown(value)}`);
    return [];
  }

  text(value: YamlValue | undefined, path: string): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    return this.problem(path, `expected a text, got ${shown(value)}`);
  }

  texts(value: YamlValue | undefined, path: string): string[] {
    return this.list(value, path).flatMap((item, i) => this.text(item, `${path}[${i}]`) ?? []);
  }

  boolean(value: YamlValue | undefined, path: string): boolean | undefined {
    if (value === undefined || value === null) return undefined;
    return isTrue(value) ?? this.problem(path, `expected true or false, got ${shown(value)}`);
  }

  integer(value: YamlValue | undefined, path: string): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && /^[-+]?\d+$/.test(value)) return Number(value);
    return this.problem(path, `expected a whole number, got ${shown(value)}`);
  }

  /** Milliseconds. */
  duration(value: YamlValue | undefined, path: string): number | undefined {
    if (value === undefined || value === null) return undefined;
    const ms = typeof value === 'string' ? parsePrometheusDuration(value) : undefined;
    return ms ?? this.problem(path, `expected a duration such as "30s", got ${shown(value)}`);
  }
}

/** Whether a value is true, undefined if it is no boolean. */
export function isTrue(value: YamlValue | undefined): boolean | undefined {
  return typeof value === 'string' ? BOOLEANS.get(value) : undefined;
}

/** @example below('route', 'receiver') // 'route.receiver' */
export function below(path: string, key: string): string {
  const step = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? step : `${path}.${step}`;
}

/** The fields there are, if they are few enough to be read. */
function choices(names: ReadonlySet<string>): string {
  return names.size > 16 ? '' : `, expected one of ${[...names].join(', ')}`;
}

/** A value in a message: JSON, cut after 60 characters. */
export function shown(value: YamlValue): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
