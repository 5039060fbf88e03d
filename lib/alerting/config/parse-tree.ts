// The tree of an Alertmanager configuration → what routing needs. Everything wrong is listed; what cannot be deployed is
// listed apart.
import type { Matcher } from '../matchers/matcher.ts';
import { DeploymentNotes } from './deployment-notes.ts';
import type { Dialect } from './dialect.ts';
import { GLOBAL_FIELDS } from './integration-fields.ts';
import { readMatchers, SOURCE_MATCHERS, TARGET_MATCHERS } from './matcher-fields.ts';
import { AlertmanagerConfigError, type ConfigProblem } from './problem.ts';
import { below, ConfigReader, type YamlMap, type YamlValue } from './reader.ts';
import { type Reading, type ReceiverConfig, readFields, readReceiver } from './receiver-fields.ts';
import type { RecurringSilence } from './recurring-silences.ts';
import { type RouteConfig, readRoute } from './route-fields.ts';
import { type NamedTimeInterval, readTimeInterval } from './time-interval-fields.ts';

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
  /** Beyond Alertmanager, so no file has them: the deployed configuration adds them. */
  readonly recurringSilences?: readonly RecurringSilence[];
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

/** Fields of `global` that a deployment reads besides those that integrations take from it. */
const DEPLOYED_GLOBALS = ['resolve_timeout', 'http_config'];

/**
 * Reads a configuration as Alertmanager 0.34 does, or with the integrations of a deployment.
 * @param tree texts, lists and maps: scalars are the text of the file
 * @throws AlertmanagerConfigError with every problem and its path
 */
export function parseAlertmanagerTree(tree: YamlValue, dialect: Dialect): AlertmanagerConfig {
  const reader = new ConfigReader();
  const notes = new DeploymentNotes(dialect);
  const file = reader.map(tree, '', SECTIONS);
  const global = reader.map(file.global, 'global', Object.keys(GLOBAL_FIELDS));
  const reading = { reader, notes, dialect, global };
  readFields(reading, deployedGlobals(reading), 'global', GLOBAL_FIELDS);
  const each = <T>(section: string, read: (value: YamlValue, path: string) => T): T[] =>
    reader.list(file[section], section).map((value, i) => read(value, `${section}[${i}]`));

  const config: AlertmanagerConfig = {
    resolveTimeoutMs: new ConfigReader().duration(global.resolve_timeout, '') ?? DEFAULT_RESOLVE_TIMEOUT_MS,
    receivers: each('receivers', (value, path) => readReceiver(reading, value, path)),
    route: readRoute(reader, file.route, 'route'),
    inhibitRules: each('inhibit_rules', (value, path) => readRule(reader, value, path)),
    timeIntervals: [
      ...each('mute_time_intervals', (value, path) => readTimeInterval(reader, value, path)),
      ...each('time_intervals', (value, path) => readTimeInterval(reader, value, path)),
    ],
    deploymentProblems: notes.problems,
  };
  reader.texts(file.templates, 'templates').forEach((_, i) => {
    notes.note(
      `templates[${i}]`,
      'files of Go templates are not read; write messages in the template language of Tidewatch',
    );
  });
  if (file.route === undefined || file.route === null) reader.problem('route', 'expected a route, got none');
  else checkRoot(reader, config.route);
  checkNames(reader, config);
  if (reader.problems.length > 0) {
    // Who deploys a configuration wants to know all that is in its way at once.
    const more = dialect.deployment === undefined ? [] : notes.problems;
    throw new AlertmanagerConfigError([...reader.problems, ...more]);
  }
  return config;
}

/** The fields of `global` that mean something; the others of a deployment are noted. */
function deployedGlobals({ notes, dialect, global }: Reading): YamlMap {
  if (dialect.deployment === undefined) return global;
  const sources = Object.values(dialect.deployment.globalFallbacks).flatMap((fields) =>
    Object.values(fields),
  );
  const known = new Set([...DEPLOYED_GLOBALS, ...sources]);
  const taken: Record<string, YamlValue> = {};
  for (const [field, value] of Object.entries(global)) {
    if (known.has(field) || GLOBAL_FIELDS[field] === 'secretFile') taken[field] = value;
    else if (GLOBAL_FIELDS[field] !== undefined) {
      notes.note(below('global', field), 'no receiver of a deployment reads this; leave it out');
    }
  }
  return taken;
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
