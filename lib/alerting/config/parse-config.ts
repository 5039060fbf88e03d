// alertmanager.yml → what routing needs. Everything wrong is listed; what cannot be deployed is listed apart.
import type { Matcher } from '../matchers/matcher.ts';
import { GLOBAL_FIELDS } from './integration-fields.ts';
import { readMatchers, SOURCE_MATCHERS, TARGET_MATCHERS } from './matcher-fields.ts';
import { AlertmanagerConfigError, type ConfigProblem } from './problem.ts';
import { below, ConfigReader, type YamlValue } from './reader.ts';
import { type ReceiverConfig, readFields, readReceiver } from './receiver-fields.ts';
import { type RouteConfig, readRoute } from './route-fields.ts';
import { type NamedTimeInterval, readTimeInterval } from './time-interval-fields.ts';
import { readYamlTree } from './yaml-tree.ts';

export interface InhibitRuleConfig {
  readonly name: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

export interface AlertmanagerConfig {
  readonly resolveTimeoutMs: number;
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRuleConfig[];
  readonly timeIntervals: readonly NamedTimeInterval[];
  /** What a deployment cannot take: secrets in the file, Go templates. Replays and route tests do not mind. */
  readonly deploymentProblems: readonly ConfigProblem[];
}

const DEFAULT_RESOLVE_TIMEOUT_MS = 5 * 60_000;
const SECTIONS = [
  'global',
  'route',
  'inhibit_rules',
  'receivers',
  'templates',
  'mute_time_intervals',
  'time_intervals',
  'tracing',
  'event_recorder',
];
const RULE_FIELDS = [
  'name',
  'source_match',
  'source_match_re',
  'source_matchers',
  'target_match',
  'target_match_re',
  'target_matchers',
  'equal',
];

/**
 * Reads an Alertmanager configuration as version 0.34 does.
 * @throws AlertmanagerConfigError with every problem and its path
 */
export function parseAlertmanagerConfig(text: string): AlertmanagerConfig {
  const reader = new ConfigReader();
  const deploymentProblems: ConfigProblem[] = [];
  const tree = readYamlTree(text, reader);
  if (tree === undefined) throw new AlertmanagerConfigError(reader.problems);
  const file = reader.map(tree, '', SECTIONS);

  const global = reader.map(file.global, 'global', Object.keys(GLOBAL_FIELDS));
  readFields(reader, global, 'global', GLOBAL_FIELDS, deploymentProblems);
  const each = <T>(section: string, read: (value: YamlValue, path: string) => T): T[] =>
    reader.list(file[section], section).map((value, i) => read(value, `${section}[${i}]`));

  const config: AlertmanagerConfig = {
    resolveTimeoutMs: new ConfigReader().duration(global.resolve_timeout, '') ?? DEFAULT_RESOLVE_TIMEOUT_MS,
    receivers: each('receivers', (value, path) =>
      readReceiver(reader, value, path, global, deploymentProblems),
    ),
    route: readRoute(reader, file.route, 'route'),
    inhibitRules: each('inhibit_rules', (value, path) => readRule(reader, value, path)),
    timeIntervals: [
      ...each('mute_time_intervals', (value, path) => readTimeInterval(reader, value, path)),
      ...each('time_intervals', (value, path) => readTimeInterval(reader, value, path)),
    ],
    deploymentProblems,
  };
  reader.texts(file.templates, 'templates').forEach((_, i) => {
    deploymentProblems.push({
      path: `templates[${i}]`,
      message: 'files of Go templates are not read; write messages in the template language of Tidewatch',
    });
  });
  if (file.route === undefined || file.route === null) reader.problem('route', 'expected a route, got none');
  else checkRoot(reader, config.route);
  checkNames(reader, config);
  if (reader.problems.length > 0) throw new AlertmanagerConfigError(reader.problems);
  return config;
}

function readRule(reader: ConfigReader, value: YamlValue, path: string): InhibitRuleConfig {
  const map = reader.map(value, path, RULE_FIELDS);
  return {
    name: reader.text(map.name, below(path, 'name')) ?? '',
    source: readMatchers(reader, map, path, SOURCE_MATCHERS),
    target: readMatchers(reader, map, path, TARGET_MATCHERS),
    equal: reader.texts(map.equal, below(path, 'equal')),
  };
}

function checkRoot(reader: ConfigReader, root: RouteConfig): void {
  if (root.receiver === undefined) reader.problem('route.receiver', 'expected a receiver, got none');
  if (root.matchers.length > 0) reader.problem('route.matchers', 'the root route must not have any matchers');
  if (root.continue) reader.problem('route.continue', 'the root route has no siblings to continue with');
  for (const field of ['mute', 'active'] as const) {
    if (root[`${field}TimeIntervals`].length > 0) {
      reader.problem(`route.${field}_time_intervals`, 'the root route must not have any time intervals');
    }
  }
}

/** Names are unique, and every one that a route uses exists. */
function checkNames(reader: ConfigReader, { receivers, timeIntervals, route }: AlertmanagerConfig): void {
  const receiverNames = new Set<string>();
  receivers.forEach(({ name }, i) => {
    if (receiverNames.has(name)) reader.problem(`receivers[${i}].name`, `"${name}" is not unique`);
    receiverNames.add(name);
  });
  const intervalNames = new Set<string>();
  for (const { name } of timeIntervals) {
    if (intervalNames.has(name)) reader.problem('time_intervals', `"${name}" is not unique`);
    intervalNames.add(name);
  }
  const visit = (node: RouteConfig): void => {
    if (node.receiver !== undefined && !receiverNames.has(node.receiver)) {
      reader.problem(`${node.path}.receiver`, `undefined receiver "${node.receiver}"`);
    }
    for (const field of ['mute', 'active'] as const) {
      for (const name of node[`${field}TimeIntervals`]) {
        if (!intervalNames.has(name)) {
          reader.problem(`${node.path}.${field}_time_intervals`, `undefined time interval "${name}"`);
        }
      }
    }
    node.routes.forEach(visit);
  };
  visit(route);
}
