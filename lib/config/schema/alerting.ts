// The section `alerting`: routes, receivers and rules, from TypeScript or an alertmanager.yml, checked as they are
// deployed; and what SLOs add to them.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Dialect } from '../../alerting/config/dialect.ts';
import { type AlertmanagerConfig, parseAlertmanagerTree } from '../../alerting/config/parse-tree.ts';
import { AlertmanagerConfigError } from '../../alerting/config/problem.ts';
import { ConfigReader, type YamlMap, type YamlValue } from '../../alerting/config/reader.ts';
import { readRecurringSilences } from '../../alerting/config/recurring-silences.ts';
import { readYamlTree } from '../../alerting/config/yaml-tree.ts';
import {
  ALARM_DEFAULTS,
  type AlarmSettings,
  type AlertingSettings,
  BEYOND_DEFAULTS,
  type BeyondSettings,
  FLAP_DEFAULTS,
} from '../../alerting/settings.ts';
import { templateProblem } from '../../channels/message/template.ts';
import { PAGE_INHIBITS_TICKET } from '../../slo/settings.ts';
import { DEPLOYED } from '../alerting-rules.ts';
import { type Problem, shown } from '../problem.ts';
import { AlertingTree, typedPath } from './alerting-tree.ts';
import { duration } from './on-call-parts.ts';
import { distinct, parse, section, wholeNumber, words } from './parts.ts';

/** Rows keep so many times of each alert. */
const MOST_FLAPS = 20;
/** Rows of alerts that are over are kept for an hour. */
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const TOPIC = 'the ARN of an SNS topic';

const alertingSchema = section({
  alertmanagerFile: words('the path of an alertmanager.yml', 1_000).optional(),
  global: z.unknown(),
  route: z.unknown(),
  receivers: z.unknown(),
  inhibitRules: z.unknown(),
  timeIntervals: z.unknown(),
  recurringSilences: z.array(z.unknown(), { error: 'a list of recurring silences' }).optional(),
  resolveWhenMuted: z.boolean().optional(),
  silenceReminder: z.boolean().optional(),
  priorityScore: z.boolean().optional(),
  flapping: z
    .union([
      z.boolean(),
      section({
        times: wholeNumber(2, MOST_FLAPS).optional(),
        within: duration('30m', MINUTE_MS, HOUR_MS).optional(),
      }),
    ])
    .optional(),
  snsTopics: distinct(
    z
      .string({ error: TOPIC })
      .regex(/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/, { error: TOPIC }),
    100,
    'topics',
  ).optional(),
  cloudwatchAlarms: z
    .union([
      z.boolean(),
      section({
        namePrefixes: distinct(words('a prefix', 255), 100, 'prefixes').optional(),
        insufficientData: z.enum(['resolve', 'keep', 'fire']).optional(),
        severity: words('a severity', 100).optional(),
      }),
    ])
    .optional(),
}).partial();

const ROUTING = ['global', 'route', 'receivers', 'inhibitRules', 'timeIntervals'] as const;
const FROM_TYPESCRIPT: Dialect = { ...DEPLOYED, deployment: { ...DEPLOYED.deployment, templateProblem } };
/** Where alerts go that nobody said anything about: they are listed by the API. */
const NOBODY = 'nobody';
const SHOW_ONLY: YamlValue = { route: { receiver: NOBODY }, receivers: [{ name: NOBODY }] };

export interface AlertingSection {
  /** Undefined when nothing makes alerts: then nothing is deployed for them. */
  readonly settings: AlertingSettings | undefined;
  readonly rules: AlertmanagerConfig | undefined;
  readonly problems: readonly Problem[];
}

export interface AlertSources {
  readonly slos: readonly { readonly name: string; readonly notify: readonly string[] }[];
  readonly hasAnomalies: boolean;
}

/** @param written the section as written, undefined if it is not */
export function readAlertingSection(written: unknown, { slos, hasAnomalies }: AlertSources): AlertingSection {
  if (written === undefined) {
    if (slos.length === 0 && !hasAnomalies) return { settings: undefined, rules: undefined, problems: [] };
    const message =
      'nothing is written: alerts notify nobody; they are listed by `tidewatch alerts list` and the API';
    return finish(SHOW_ONLY, {}, slos, [{ level: 'warning', path: 'alerting', message }], typedPath);
  }
  const parsed = parse(alertingSchema, written, ['alerting']);
  const value = (typeof written === 'object' && written !== null ? written : {}) as Record<string, unknown>;
  const problems = [...parsed.problems];
  const { alertmanagerFile } = value;
  const typed = Object.fromEntries(
    ROUTING.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])),
  );
  if (typeof alertmanagerFile === 'string') {
    for (const key of Object.keys(typed)) {
      problems.push({
        level: 'error',
        path: `alerting.${key}`,
        message: `expected nothing beside alertmanagerFile, got ${shown(value[key])}`,
      });
    }
    const tree = readFile(alertmanagerFile, problems);
    if (tree === undefined) return { settings: undefined, rules: undefined, problems };
    return finish(tree, parsed.value ?? {}, slos, problems, (path) => `${alertmanagerFile}: ${path}`);
  }
  const converter = new AlertingTree();
  const tree = converter.convert(typed);
  problems.push(...converter.problems);
  return finish(tree, parsed.value ?? {}, slos, problems, typedPath);
}

function finish(
  written: YamlValue,
  options: z.output<typeof alertingSchema>,
  slos: AlertSources['slos'],
  before: readonly Problem[],
  pathOf: (path: string) => string,
): AlertingSection {
  const problems = [...before];
  const tree = slos.length === 0 ? written : withRoutesOfSlos(withPageInhibition(written), slos, problems);
  let rules: AlertmanagerConfig | undefined;
  try {
    rules = parseAlertmanagerTree(tree, FROM_TYPESCRIPT);
  } catch (error) {
    if (!(error instanceof AlertmanagerConfigError)) throw error;
    problems.push(...error.problems.map((problem) => errorAt(pathOf, problem)));
  }
  const recurringSilences = recurringOf(options.recurringSilences, rules, problems);
  problems.push(...(rules?.deploymentProblems ?? []).map((problem) => errorAt(pathOf, problem)));
  if (rules === undefined || problems.some(({ level }) => level === 'error')) {
    return { settings: undefined, rules, problems };
  }
  const {
    resolveWhenMuted = BEYOND_DEFAULTS.resolveWhenMuted,
    silenceReminder = true,
    priorityScore = BEYOND_DEFAULTS.priorityScore,
    flapping = true,
    cloudwatchAlarms = false,
    snsTopics,
  } = options;
  const alarms: AlarmSettings | undefined =
    cloudwatchAlarms === false
      ? undefined
      : { ...ALARM_DEFAULTS, ...(cloudwatchAlarms === true ? {} : definedOf(cloudwatchAlarms)) };
  const { flapping: _, ...withoutFlapping } = BEYOND_DEFAULTS;
  const settings: AlertingSettings = {
    tree,
    beyond: {
      ...withoutFlapping,
      ...(flapping !== false && { flapping: flapRules(flapping === true ? {} : flapping) }),
      resolveWhenMuted,
      recurringSilences,
      priorityScore,
      ...(!silenceReminder && { silenceReminderMs: 0 }),
    },
    ...(alarms !== undefined && { alarms }),
    ...(snsTopics !== undefined && { snsTopics }),
  };
  return { settings, rules, problems };
}

function errorAt(
  pathOf: (path: string) => string,
  { path, message }: { readonly path: string; readonly message: string },
): Problem {
  return { level: 'error', path: pathOf(path), message };
}

function flapRules({
  times,
  within,
}: {
  times?: number | undefined;
  within?: number | undefined;
}): NonNullable<BeyondSettings['flapping']> {
  return { times: times ?? FLAP_DEFAULTS.times, withinMs: within ?? FLAP_DEFAULTS.withinMs };
}

/** Silences that come again, in the words that a function reads; what is wrong with them becomes problems. */
function recurringOf(
  written: readonly unknown[] | undefined,
  rules: AlertmanagerConfig | undefined,
  problems: Problem[],
): YamlValue {
  if (written === undefined) return [];
  const converter = new AlertingTree();
  const tree = (converter.convert({ recurringSilences: written }) as YamlMap).recurring_silences ?? [];
  const reader = new ConfigReader();
  readRecurringSilences(reader, tree, rules?.timeIntervals ?? [], 'recurring_silences');
  // Without rules no name of an interval is known, and their problems are told already.
  const found = rules === undefined ? [] : reader.problems;
  problems.push(...converter.problems, ...found.map((problem) => errorAt(typedPath, problem)));
  return tree;
}

/** While a budget burns fast enough to page, the ticket of the same SLO says nothing new. */
function withPageInhibition(tree: YamlValue): YamlValue {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return tree;
  const map: YamlMap = tree;
  const rules = map.inhibit_rules ?? [];
  if (!Array.isArray(rules)) return tree;
  const { source_matchers, target_matchers, equal } = PAGE_INHIBITS_TICKET;
  const added = {
    source_matchers: [...source_matchers],
    target_matchers: [...target_matchers],
    equal: [...equal],
  };
  return { ...map, inhibit_rules: [...rules, added] };
}

/**
 * An SLO that names receivers is told to them, before any other route. Without a route of its own for each, its alerts
 * would go where its labels lead.
 */
function withRoutesOfSlos(tree: YamlValue, slos: AlertSources['slos'], problems: Problem[]): YamlValue {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return tree;
  const { route, receivers } = tree as YamlMap;
  const routes =
    typeof route === 'object' && route !== null && !Array.isArray(route) ? (route as YamlMap) : {};
  const known = new Set(namesOf(receivers));
  const added = slos.flatMap(({ name, notify }) => {
    for (const receiver of notify.filter((one) => !known.has(one))) {
      const message = `the SLO ${name} asks for the receiver ${JSON.stringify(receiver)}, which alerting has not; its alerts go where the tree leads`;
      problems.push({ level: 'warning', path: 'alerting.receivers', message });
    }
    const told = notify.filter((one) => known.has(one));
    return told.map((receiver, place) => ({
      receiver,
      matchers: [`slo=${JSON.stringify(name)}`],
      ...(place < told.length - 1 && { continue: 'true' }),
    }));
  });
  const others = routes.routes ?? [];
  if (added.length === 0 || !Array.isArray(others)) return tree;
  return { ...tree, route: { ...routes, routes: [...added, ...others] } };
}

function namesOf(receivers: YamlValue | undefined): string[] {
  if (!Array.isArray(receivers)) return [];
  return receivers.flatMap((receiver) => {
    const name = typeof receiver === 'object' && receiver !== null ? (receiver as YamlMap).name : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function readFile(path: string, problems: Problem[]): YamlValue | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    const message = `expected a file that can be read, got ${shown(path)} (${code})`;
    problems.push({ level: 'error', path: 'alerting.alertmanagerFile', message });
    return undefined;
  }
  const reader = new ConfigReader();
  const tree = readYamlTree(text, reader);
  problems.push(...reader.problems.map(({ message }): Problem => ({ level: 'error', path, message })));
  return tree;
}

function definedOf<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
