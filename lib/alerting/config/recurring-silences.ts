// Beyond Alertmanager: silences that come again, such as each night, as the configuration writes them.
import type { Silence } from '../muting/silence.ts';
import { type MatcherFields, readMatchers } from './matcher-fields.ts';
import { below, type ConfigReader, type YamlValue } from './reader.ts';
import { type NamedTimeInterval, readSpec } from './time-interval-fields.ts';

export interface RecurringSilence {
  /** Has an interval, and neither begins nor ends. Its id is `recurring-` and its name. */
  readonly silence: Silence & { readonly interval: NamedTimeInterval };
  readonly comment: string;
}

const FIELDS = ['name', 'matchers', 'time_interval', 'comment'];
const NAME = /^[\w.-]{1,100}$/;
/** Only the list of today; the maps of old have names that no YAML key can have here. */
const MATCHERS: MatcherFields = { equal: '', regex: '', list: 'matchers' };

/**
 * @param value a list of `{ name, matchers, time_interval, comment }`; the interval is a name or its fields
 * @param intervals those that have names
 */
export function readRecurringSilences(
  reader: ConfigReader,
  value: YamlValue | undefined,
  intervals: readonly NamedTimeInterval[],
  path: string,
): RecurringSilence[] {
  const names = new Set<string>();
  return reader.list(value, path).map((item, i) => {
    const at = `${path}[${i}]`;
    const map = reader.map(item, at, FIELDS);
    const name = reader.text(map.name, below(at, 'name')) ?? '';
    if (!NAME.test(name)) {
      reader.problem(below(at, 'name'), `expected 1 to 100 letters, digits, ".", "_" or "-", got "${name}"`);
    } else if (names.has(name)) reader.problem(below(at, 'name'), `"${name}" is not unique`);
    names.add(name);
    const matchers = readMatchers(reader, map, at, MATCHERS);
    if (matchers.every(({ accepts }) => accepts(''))) {
      const message = 'expected a matcher that does not match everything';
      reader.problem(below(at, 'matchers'), message);
    }
    return {
      silence: {
        id: `recurring-${name}`,
        matcherSets: [matchers],
        startsAt: 0,
        endsAt: Number.POSITIVE_INFINITY,
        interval: readInterval(reader, map.time_interval, intervals, below(at, 'time_interval')),
      },
      comment: reader.text(map.comment, below(at, 'comment')) ?? '',
    };
  });
}

function readInterval(
  reader: ConfigReader,
  value: YamlValue | undefined,
  intervals: readonly NamedTimeInterval[],
  path: string,
): NamedTimeInterval {
  if (typeof value === 'string') {
    const found = intervals.find(({ name }) => name === value);
    if (found !== undefined) return found;
    reader.problem(path, `undefined time interval "${value}"`);
  } else if (value === undefined || value === null) {
    reader.problem(path, 'expected the name of a time interval, or times, weekdays, …, got none');
  } else {
    const specs = Array.isArray(value) ? value : [value];
    return {
      name: '',
      specs: specs.map((spec, i) => readSpec(reader, spec, specs === value ? `${path}[${i}]` : path)),
    };
  }
  return { name: '', specs: [] };
}
