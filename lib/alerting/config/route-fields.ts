// One node of the routing tree as it is written; `lib/alerting/routing` lets children inherit.
import type { Matcher } from '../matchers/matcher.ts';
import { ROUTE_MATCHERS, readMatchers } from './matcher-fields.ts';
import { below, type ConfigReader, type YamlValue } from './reader.ts';

export interface RouteConfig {
  readonly path: string;
  readonly receiver: string | undefined;
  /** Undefined if not written, or written as an empty list: both inherit. */
  readonly groupBy: readonly string[] | undefined;
  /** `group_by: ['...']`: each label set is a group of its own. */
  readonly groupByAll: boolean;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly groupWaitMs: number | undefined;
  readonly groupIntervalMs: number | undefined;
  readonly repeatIntervalMs: number | undefined;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Labels given to a notification, since 0.34. */
  readonly labels: Readonly<Record<string, string>>;
  readonly routes: readonly RouteConfig[];
}

const FIELDS = [
  'receiver',
  'group_by',
  'match',
  'match_re',
  'matchers',
  'mute_time_intervals',
  'active_time_intervals',
  'continue',
  'routes',
  'group_wait',
  'group_interval',
  'repeat_interval',
  'labels',
];
const ALL_LABELS = '...';
/** A tree deeper than this is a mistake, and would exhaust the stack. */
const MAX_DEPTH = 500;

export function readRoute(
  reader: ConfigReader,
  value: YamlValue | undefined,
  path: string,
  depth = 0,
): RouteConfig {
  const map = reader.map(value, path, FIELDS);
  const at = (field: string) => below(path, field);
  const groupBy = readGroupBy(reader, map.group_by, at('group_by'));
  const all = groupBy.includes(ALL_LABELS);
  if (all && groupBy.length > 1) {
    reader.problem(at('group_by'), `cannot have '...' and other labels, got ${groupBy.join(', ')}`);
  }
  if (depth > MAX_DEPTH) reader.problem(path, `routes are nested deeper than ${MAX_DEPTH}`);
  const children = depth > MAX_DEPTH ? [] : reader.list(map.routes, at('routes'));
  return {
    path,
    receiver: reader.text(map.receiver, at('receiver')) || undefined,
    groupBy: all || groupBy.length === 0 ? undefined : groupBy,
    groupByAll: all,
    matchers: readMatchers(reader, map, path, ROUTE_MATCHERS),
    continue: reader.boolean(map.continue, at('continue')) ?? false,
    groupWaitMs: reader.duration(map.group_wait, at('group_wait')),
    groupIntervalMs: positive(reader, map.group_interval, at('group_interval')),
    repeatIntervalMs: positive(reader, map.repeat_interval, at('repeat_interval')),
    muteTimeIntervals: reader.texts(map.mute_time_intervals, at('mute_time_intervals')),
    activeTimeIntervals: reader.texts(map.active_time_intervals, at('active_time_intervals')),
    labels: readLabels(reader, map.labels, at('labels')),
    routes: children.map((child, i) => readRoute(reader, child, `${at('routes')}[${i}]`, depth + 1)),
  };
}

function readGroupBy(reader: ConfigReader, value: YamlValue | undefined, path: string): string[] {
  const names = reader.texts(value, path);
  names.forEach((name, i) => {
    if (name === '') reader.problem(`${path}[${i}]`, 'expected a label name, got an empty one');
    else if (names.indexOf(name) < i) reader.problem(`${path}[${i}]`, `label "${name}" is listed twice`);
  });
  return names;
}

function readLabels(
  reader: ConfigReader,
  value: YamlValue | undefined,
  path: string,
): Record<string, string> {
  const entries = Object.entries(reader.anyMap(value, path));
  return Object.fromEntries(
    entries.map(([name, text]) => [name, reader.text(text, below(path, name)) ?? '']),
  );
}

function positive(reader: ConfigReader, value: YamlValue | undefined, path: string): number | undefined {
  const ms = reader.duration(value, path);
  return ms === 0 ? reader.problem(path, 'expected more than zero, got 0') : ms;
}
