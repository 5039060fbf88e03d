// SLOs in Tidewatch's own form, as `slos` of a configuration or of a YAML or JSON file → settings, with every problem.
import { ProblemList, type SloProblem } from '../problems.ts';
import {
  type Indicator,
  type LowTrafficGuards,
  NO_GUARDS,
  type PolicyStep,
  SLO_DEFAULTS,
  SLO_NAME,
  type SloSettings,
} from '../settings.ts';
import { complete, compositeObjective, fittingDefaults } from './assemble.ts';
import { nominalLengthMs } from './budget-period.ts';
import { DocumentNode } from './document-node.ts';
import { readBudgeting, readIndicator, readObjective, readParts } from './read-indicator.ts';
import { readAdjustments, readExclusions, readPeriod } from './read-period.ts';
import { readSla, readTier } from './read-sla.ts';
import { readWindows } from './read-windows.ts';

export interface SloReading {
  readonly slos: readonly SloSettings[];
  readonly problems: readonly SloProblem[];
}

const KEYS = [
  'name',
  'service',
  'description',
  'owner',
  'rationale',
  'labels',
  'objective',
  'period',
  'indicator',
  'composite',
  'budgeting',
  'windows',
  'lowTraffic',
  'noDataAfter',
  'settle',
  'exclusions',
  'adjustments',
  'policy',
  'runbookUrl',
  'dashboardUrl',
  'notify',
  'tier',
  'sla',
];

/**
 * Reads a list of SLOs. @param path of the list, such as `slos`
 * @returns those without errors, and what is wrong with the others
 */
export function readSlos(list: unknown, path = 'slos'): SloReading {
  const problems = new ProblemList();
  const slos: SloSettings[] = [];
  const names = new Map<string, string>();
  for (const node of new DocumentNode(list, path, problems).items()) {
    const before = problems.items.filter(({ level }) => level === 'error').length;
    const slo = readSlo(node);
    if (slo === undefined) continue;
    const earlier = names.get(slo.name);
    if (earlier !== undefined) node.field('name').expected(`a name of its own; ${earlier} has it`);
    names.set(slo.name, node.path);
    if (problems.items.filter(({ level }) => level === 'error').length === before) slos.push(slo);
  }
  return { slos, problems: problems.items };
}

function readSlo(node: DocumentNode): SloSettings | undefined {
  if (!node.object(KEYS)) return undefined;
  const name = node.field('name').text();
  if (name !== undefined && !SLO_NAME.test(name))
    node.field('name').expected('at most 63 small letters, digits and hyphens, no hyphen at either end');
  const budgeting = node.has('budgeting') ? readBudgeting(node.field('budgeting')) : SLO_DEFAULTS.budgeting;
  const indicator = readWhat(node);
  const objective =
    indicator?.kind === 'composite'
      ? compositeObjective(indicator.parts)
      : readObjective(node.field('objective'));
  if (indicator?.kind === 'composite' && node.has('objective'))
    node.field('objective').expected('none: each part of a composite has its own');
  const period = readPeriod(node.field('period'));
  const text = (key: string): string => (node.has(key) ? (node.field(key).text(1050) ?? '') : '');
  const duration = (key: string): number | undefined =>
    node.has(key) ? node.field(key).duration() : undefined;
  const optional = {
    service: text('service'),
    description: text('description'),
    owner: text('owner'),
    rationale: text('rationale'),
    labels: node.has('labels') ? (node.field('labels').texts() ?? {}) : {},
    guards: node.has('lowTraffic') ? readGuards(node.field('lowTraffic')) : NO_GUARDS,
    noDataAfterMs: duration('noDataAfter'),
    settleMs: readSettle(node),
    exclusions: readExclusions(node.field('exclusions')),
    adjustments: readAdjustments(node.field('adjustments')),
    policy: readPolicy(node.field('policy')),
    runbookUrl: text('runbookUrl'),
    dashboardUrl: text('dashboardUrl'),
    notify: node
      .field('notify')
      .items()
      .flatMap((item) => item.text() ?? []),
  };
  const tier = node.has('tier') ? readTier(node.field('tier')) : undefined;
  const sla = node.has('sla') ? readSla(node.field('sla'), objective) : undefined;
  if (name === undefined || budgeting === undefined || indicator === undefined) return undefined;
  if (objective === undefined || period === undefined) return undefined;
  const contract = { ...(tier !== undefined && { tier }), ...(sla !== undefined && { sla }) };
  const slo = { name, budgeting, indicator, objective, period, ...optional, ...contract };
  const custom = node.field('windows');
  const windows = custom.isAbsent
    ? fittingDefaults(slo, node.path, node.problems)
    : readWindows(custom, objective, nominalLengthMs(period));
  return complete(slo, node.path, windows, node.problems);
}

/** How long a minute may take to be complete; zero is allowed. */
function readSettle(node: DocumentNode): number {
  const settle = node.field('settle');
  if (settle.isAbsent) return SLO_DEFAULTS.settleMs;
  return settle.value === '0s' ? 0 : (settle.duration() ?? SLO_DEFAULTS.settleMs);
}

function readWhat(node: DocumentNode): Indicator | undefined {
  if (node.has('indicator') === node.has('composite')) {
    node.problems.error(node.path, 'expected one of indicator and composite');
    return undefined;
  }
  if (node.has('indicator')) return readIndicator(node.field('indicator'));
  const parts = readParts(node.field('composite'));
  return parts.length === 0
    ? node.field('composite').expected('at least one part')
    : { kind: 'composite', parts };
}

/** What `lowTraffic` says. */
export function readGuards(node: DocumentNode): LowTrafficGuards {
  if (!node.object(Object.keys(NO_GUARDS))) return NO_GUARDS;
  const count = (key: keyof LowTrafficGuards): number =>
    node.has(key) ? (node.field(key).number('a number from 0', (value) => value >= 0) ?? 0) : 0;
  return {
    minimumEvents: count('minimumEvents'),
    minimumFailures: count('minimumFailures'),
    expectedPerMinute: count('expectedPerMinute'),
    budgetShare: node.has('budgetShare') ? (node.field('budgetShare').boolean() ?? false) : false,
  };
}

/** The steps of a policy; those that cannot be read are listed as problems. */
export function readPolicy(list: DocumentNode): PolicyStep[] {
  return list.items().flatMap(readPolicyStep);
}

function readPolicyStep(node: DocumentNode): PolicyStep[] {
  if (!node.object(['action', 'below', 'until'])) return [];
  const action = node.field('action').oneOf(['notify', 'requireApproval', 'freeze']);
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  const below = node.field('below').ratio('a share of the budget, 0 to 1', isShare);
  if (action === undefined || below === undefined) return [];
  const until = node.has('until')
    ? node
        .field('until')
        .ratio(`a share of the budget, ${below} to 1`, (value) => value >= below && value <= 1)
    : below;
  return until === undefined ? [] : [{ action, below, until }];
}
