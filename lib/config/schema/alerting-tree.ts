// The section `alerting` as written in TypeScript → the tree of an alertmanager.yml: names in snake_case, scalars as
// their text. What the names mean, and which are unknown, the reader of that tree says.
import type { YamlValue } from '../../alerting/config/reader.ts';
import type { Problem } from '../problem.ts';
import { pathText, shown } from '../problem.ts';

type Way = readonly PropertyKey[];
type Written = Readonly<Record<string, unknown>>;

/** Keys within which every name is the user's own. */
const FREE = new Set([
  'labels',
  'details',
  'httpHeaders',
  'headers',
  'attributes',
  'operationalData',
  'fields',
  'customFields',
]);
/** Keys that hold matchers. */
const MATCHERS = new Set(['matchers', 'sourceMatchers', 'targetMatchers']);
const OPERATORS = ['=', '!=', '=~', '!~'];
/** Above this something refers to itself. */
const MAX_DEPTH = 600;

export class AlertingTree {
  readonly problems: Problem[] = [];

  /** @param section the parts of `alerting` that an alertmanager.yml has */
  convert(section: Written): YamlValue {
    const tree: Record<string, YamlValue> = {};
    for (const [key, value] of Object.entries(section)) {
      if (value === undefined) continue;
      if (key === 'receivers' && Array.isArray(value)) {
        tree.receivers = value.map((receiver, i) => this.receiver(receiver, ['alerting', key, i]));
      } else tree[snake(key)] = this.value(value, ['alerting', key], key);
    }
    return tree;
  }

  private receiver(value: unknown, way: Way): YamlValue {
    if (!isObject(value)) return this.value(value, way, '');
    const { name, ...kinds } = value;
    const tree: Record<string, YamlValue> = {};
    if (name !== undefined) tree.name = this.value(name, [...way, 'name'], 'name');
    for (const [kind, list] of Object.entries(kinds)) {
      if (list !== undefined) tree[`${kind}_configs`] = this.value(list, [...way, kind], kind);
    }
    return tree;
  }

  private value(value: unknown, way: Way, key: string): YamlValue {
    if (way.length > MAX_DEPTH) return this.wrong(way, 'less nesting', '…');
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
      return String(value);
    if (Array.isArray(value)) {
      return value.map((item, i) =>
        MATCHERS.has(key) ? this.matcher(item, [...way, i]) : this.value(item, [...way, i], ''),
      );
    }
    if (!isObject(value)) return this.wrong(way, 'a text, a number, true, false, a list or an object', value);
    const free = FREE.has(key);
    const tree: Record<string, YamlValue> = {};
    for (const [name, item] of Object.entries(value)) {
      if (item === undefined) continue;
      if (!free && name.includes('_')) this.wrong([...way, name], `the name ${camel(name)}`, name);
      tree[free ? name : snake(name)] = this.value(item, [...way, name], free ? '' : name);
    }
    return tree;
  }

  /** Matchers have one text form that both grammars read alike. */
  private matcher(value: unknown, way: Way): YamlValue {
    if (!isObject(value)) return this.value(value, way, '');
    const { name, operator = '=', value: text, ...others } = value;
    for (const other of Object.keys(others)) this.wrong([...way, other], 'name, operator and value', other);
    if (typeof name !== 'string' || name === '') return this.wrong([...way, 'name'], 'a label name', name);
    if (typeof text !== 'string') return this.wrong([...way, 'value'], 'a text', text);
    if (!OPERATORS.includes(operator as string)) {
      return this.wrong([...way, 'operator'], `one of ${OPERATORS.join(' ')}`, operator);
    }
    const quoted = /^[A-Za-z_:][\w:]*$/.test(name) ? name : JSON.stringify(name);
    return `${quoted}${operator as string}${JSON.stringify(text)}`;
  }

  private wrong(way: Way, expected: string, got: unknown): null {
    const message = `expected ${expected}, got ${shown(got)}`;
    this.problems.push({ level: 'error', path: pathText(way), message });
    return null;
  }
}

/**
 * The path in an alertmanager.yml as it is written in TypeScript.
 * @example typedPath('receivers[0].slack_configs[1].api_url') // 'alerting.receivers[0].slack[1].apiUrl'
 */
export function typedPath(path: string): string {
  const steps = path.split('.').map((step) => camel(step.replace(/_configs(?=\[|$)/, '')));
  return ['alerting', ...steps].filter((step) => step !== '').join('.');
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
