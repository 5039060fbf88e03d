// The sections `slos` and `sloOptions`: SLOs of the configuration and of files, with what they have in common. The
// readers of lib/slo check each definition; here is what only shows with all of them.
import { globSync, readFileSync } from 'node:fs';
import { DocumentNode } from '../../slo/definition/document-node.ts';
import { readGuards, readPolicy, readSlos, type SloReading } from '../../slo/definition/read-slos.ts';
import { isGated } from '../../slo/gate/gate.ts';
import { ProblemList } from '../../slo/problems.ts';
import {
  type LowTrafficGuards,
  type PolicyStep,
  type SloRuntimeSettings,
  type SloSettings,
  shardCount,
} from '../../slo/settings.ts';
import type { Problem } from '../problem.ts';
import { readSloText } from '../slo-text.ts';
import { type SpanMetricsUse, withSpanMetrics } from './slo-sources.ts';

/** Where metrics about SLOs go unless told otherwise. */
const METRICS_NAMESPACE = 'Tidewatch/SLO';
const OPTION_KEYS = ['files', 'defaults', 'metricsNamespace', 'detailedMetrics', 'gateAlarms', 'events'];
const DEFAULT_KEYS = ['owner', 'runbookUrl', 'dashboardUrl', 'noDataAfter', 'lowTraffic', 'policy'];

/** Alarms of gates in a stack, which may have 500 resources. Source: CloudFormation quotas, 2026-11. */
const GATE_ALARMS_MAX = 300;

export interface SloSection {
  /** Undefined without SLOs: then nothing is deployed for them. */
  readonly settings: SloRuntimeSettings | undefined;
  /** Whether an SLO reads span metrics of a whole service, which then are written too. */
  readonly needsServiceTotals: boolean;
  /** Whether each gate has an alarm. */
  readonly gateAlarms: boolean;
  readonly problems: readonly Problem[];
}

/** All SLOs of a configuration with everything that is wrong with them. @param written the configuration */
export function readSloSection(
  written: { readonly slos?: unknown; readonly sloOptions?: unknown },
  spanMetrics: SpanMetricsUse,
): SloSection {
  const { slos, problems: found } = readSloList(written);
  const problems = new ProblemList();
  problems.items.push(...found);
  const options = new DocumentNode(written.sloOptions ?? {}, 'sloOptions', problems);
  const { evaluated, needsServiceTotals } = withSpanMetrics(slos, spanMetrics, problems);
  const detailedMetrics = readNames(options.field('detailedMetrics'), evaluated);
  const settings: SloRuntimeSettings = {
    slos: evaluated,
    shards: shardCount(evaluated.length),
    metricsNamespace: readNamespace(options.field('metricsNamespace')),
    detailedMetrics,
    events: options.has('events') ? (options.field('events').boolean() ?? true) : true,
  };
  const gateAlarms = options.has('gateAlarms') ? (options.field('gateAlarms').boolean() ?? true) : true;
  const gated = evaluated.filter(isGated).length;
  if (gateAlarms && gated > GATE_ALARMS_MAX)
    options
      .field('gateAlarms')
      .expected(
        `false: ${gated} SLOs close a gate, and a stack has room for ${GATE_ALARMS_MAX} alarms of gates`,
      );
  return {
    settings: evaluated.length === 0 ? undefined : settings,
    needsServiceTotals,
    gateAlarms,
    problems: problems.items,
  };
}

/** The SLOs alone, as the command line wants them: those of the configuration, then those of its files. */
export function readSloList(written: { readonly slos?: unknown; readonly sloOptions?: unknown }): SloReading {
  const problems = new ProblemList();
  const options = new DocumentNode(written.sloOptions ?? {}, 'sloOptions', problems);
  if (!options.object(OPTION_KEYS)) return { slos: [], problems: problems.items };
  const own = readSlos(written.slos ?? [], 'slos');
  problems.items.push(...own.problems);
  const origins = new Map(own.slos.map(({ name }) => [name, 'slos']));
  const all = [...own.slos];
  for (const { file, slos } of readFiles(options.field('files'), problems)) {
    for (const slo of slos) {
      const earlier = origins.get(slo.name);
      if (earlier === undefined) all.push(slo);
      else
        problems.error(file, `the SLO ${slo.name} is already defined in ${earlier}; expected another name`);
      origins.set(slo.name, earlier ?? file);
    }
  }
  const defaults = readDefaults(options.field('defaults'));
  const complete = all.map((slo) => withDefaults(slo, defaults));
  for (const slo of complete) warn(slo, origins.get(slo.name) ?? 'slos', problems);
  return { slos: complete, problems: problems.items };
}

function readFiles(
  list: DocumentNode,
  problems: ProblemList,
): { readonly file: string; readonly slos: readonly SloSettings[] }[] {
  const files = new Set<string>();
  for (const item of list.items()) {
    const pattern = item.text();
    if (pattern === undefined) continue;
    const found = globSync(pattern).sort();
    if (found.length === 0) item.expected('a path of files that are there');
    for (const file of found) files.add(file);
  }
  return [...files].map((file) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      problems.error(file, `cannot be read: ${(error as Error).message}`);
      return { file, slos: [] };
    }
    const reading = readSloText(text);
    for (const { level, path, message } of reading.problems)
      problems.items.push({ level, path: path === '' ? file : `${file}#${path}`, message });
    return { file, slos: reading.slos };
  });
}

interface Defaults {
  readonly owner: string;
  readonly runbookUrl: string;
  readonly dashboardUrl: string;
  readonly noDataAfterMs: number | undefined;
  readonly guards: LowTrafficGuards | undefined;
  readonly policy: readonly PolicyStep[];
}

function readDefaults(node: DocumentNode): Defaults {
  const isWritten = !node.isAbsent && node.object(DEFAULT_KEYS);
  const text = (key: string): string =>
    isWritten && node.has(key) ? (node.field(key).text(1050) ?? '') : '';
  const has = (key: string): boolean => isWritten && node.has(key);
  return {
    owner: text('owner'),
    runbookUrl: text('runbookUrl'),
    dashboardUrl: text('dashboardUrl'),
    noDataAfterMs: has('noDataAfter') ? node.field('noDataAfter').duration() : undefined,
    guards: has('lowTraffic') ? readGuards(node.field('lowTraffic')) : undefined,
    policy: has('policy') ? readPolicy(node.field('policy')) : [],
  };
}

/** What an SLO says itself counts. */
function withDefaults(slo: SloSettings, defaults: Defaults): SloSettings {
  const fill = (text: string): string =>
    text.replaceAll('{slo}', slo.name).replaceAll('{service}', slo.service);
  const hasGuards = Object.values(slo.guards).some((guard) => guard !== 0 && guard !== false);
  return {
    ...slo,
    owner: slo.owner || defaults.owner,
    runbookUrl: slo.runbookUrl || fill(defaults.runbookUrl),
    dashboardUrl: slo.dashboardUrl || fill(defaults.dashboardUrl),
    noDataAfterMs: slo.noDataAfterMs ?? defaults.noDataAfterMs,
    guards: hasGuards ? slo.guards : (defaults.guards ?? slo.guards),
    policy: slo.policy.length > 0 ? slo.policy : defaults.policy,
  };
}

function warn({ name, owner, runbookUrl }: SloSettings, origin: string, problems: ProblemList): void {
  const missing = [runbookUrl === '' && 'runbookUrl', owner === '' && 'owner'].filter((key) => key !== false);
  if (missing.length === 0) return;
  const why = 'whoever is woken finds nothing to do, or nobody to ask';
  problems.warning(origin, `the SLO ${name} has no ${missing.join(' and no ')}: ${why}`);
}

function readNames(list: DocumentNode, slos: readonly SloSettings[]): string[] {
  const known = new Set(slos.map(({ name }) => name));
  return list.items().flatMap((item) => {
    const name = item.text();
    if (name === undefined) return [];
    return known.has(name) ? [name] : (item.expected('the name of an SLO') ?? []);
  });
}

/** Source: PutMetricData, Namespace. */
function readNamespace(node: DocumentNode): string {
  if (node.isAbsent) return METRICS_NAMESPACE;
  const text = node.text(255);
  if (text === undefined) return METRICS_NAMESPACE;
  if (/^[A-Za-z0-9 ._\-/#:]+$/.test(text) && !/^(AWS\/|:)/.test(text)) return text;
  return node.expected('a CloudWatch namespace that does not start with "AWS/"') ?? METRICS_NAMESPACE;
}
