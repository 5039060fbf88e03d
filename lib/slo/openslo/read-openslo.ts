// OpenSLO v1 documents → settings: https://github.com/OpenSLO/OpenSLO (specification v1). Every problem is listed; what
// OpenSLO does not know is a warning and ignored, so that files made for several tools can be read.
import { complete, compositeObjective, fittingDefaults } from '../definition/assemble.ts';
import { type BudgetPeriod, nominalLengthMs } from '../definition/budget-period.ts';
import { DocumentNode } from '../definition/document-node.ts';
import { readSlice } from '../definition/read-indicator.ts';
import type { SloReading } from '../definition/read-slos.ts';
import { ProblemList } from '../problems.ts';
import {
  type Budgeting,
  type CompositePart,
  type Indicator,
  SLO_DEFAULTS,
  type SloSettings,
} from '../settings.ts';
import { DocumentSet } from './document-set.ts';
import { readShorthand } from './duration-shorthand.ts';
import { readAlerting } from './read-alerting.ts';
import { readSli } from './read-sli.ts';
import { readTimeWindow } from './read-time-window.ts';

const SPEC_KEYS = [
  'description',
  'service',
  'indicator',
  'indicatorRef',
  'timeWindow',
  'budgetingMethod',
  'objectives',
  'alertPolicies',
];
const OBJECTIVE_KEYS = [
  'displayName',
  'op',
  'value',
  'target',
  'targetPercent',
  'timeSliceTarget',
  'timeSliceWindow',
  'indicator',
  'indicatorRef',
  'compositeWeight',
];
const METHODS = ['Occurrences', 'Timeslices', 'RatioTimeslices'] as const;
const DESCRIPTION_MAX = 1050;
const ANY_PERIOD: BudgetPeriod = { kind: 'rolling', lengthMs: 30 * 86_400_000 };
const ANY_OBJECTIVE = 0.999;

/**
 * Reads documents of one set, so that references between them are found.
 * @param documents parsed YAML or JSON, each with the path that its problems begin with
 */
export function readOpenSlo(documents: readonly { value: unknown; path: string }[]): SloReading {
  const problems = new ProblemList();
  const set = new DocumentSet(documents.map(({ value, path }) => new DocumentNode(value, path, problems)));
  const slos = set.all('SLO').flatMap((slo) => readSlo(slo, set));
  if (set.all('SLO').length === 0 && !problems.hasErrors)
    problems.error('', 'expected at least one document of kind SLO');
  const names = new Set<string>();
  for (const { name } of slos) {
    if (names.has(name)) problems.error('', `two objectives give an SLO of the name "${name}"`);
    names.add(name);
  }
  return { slos: problems.hasErrors ? [] : slos, problems: problems.items };
}

/** What all SLOs of a document share. */
interface Common {
  readonly name: string;
  readonly slo: DocumentNode;
  readonly set: DocumentSet;
  readonly period: BudgetPeriod;
  readonly method: (typeof METHODS)[number];
}

function readSlo(slo: DocumentNode, set: DocumentSet): SloSettings[] {
  const spec = slo.field('spec');
  if (!spec.object(SPEC_KEYS, 'warning')) return [];
  if (spec.has('description')) spec.field('description').text(DESCRIPTION_MAX);
  spec.field('service').text();
  const name = DocumentSet.nameOf(slo)!;
  const period = readTimeWindow(spec.field('timeWindow'));
  const method = spec.field('budgetingMethod').oneOf(METHODS);
  const objectives = spec.field('objectives').items();
  if (objectives.length === 0) spec.field('objectives').expected('at least one objective');
  for (const objective of objectives) objective.object(OBJECTIVE_KEYS, 'warning');
  // Where something is missing, reading goes on with what stands for it, so that the rest is checked too; the result is
  // dropped because there is a problem.
  const common: Common = { name, slo, set, period: period ?? ANY_PERIOD, method: method ?? 'Occurrences' };
  const slos = readObjectives(common, objectives);
  if (slos.length === 0) readAlerting(slo, set, ANY_OBJECTIVE, nominalLengthMs(common.period));
  return slos;
}

function readObjectives(common: Common, objectives: readonly DocumentNode[]): SloSettings[] {
  const { name, slo, set, method } = common;
  const spec = slo.field('spec');
  const hasOwn = objectives.filter((each) => each.has('indicator') || each.has('indicatorRef'));
  if (hasOwn.length > 0) return readComposite(common, objectives);
  const sli = set.resolve(spec, 'SLI', 'indicatorRef', 'indicator');
  if (sli === undefined) return [];
  return objectives.flatMap((objective, index) => {
    const indicator = readSli(sli, objective, set);
    const target = readTarget(objective);
    const budgeting = readBudgeting(objective, method);
    if (indicator === undefined || target === undefined || budgeting === undefined) return [];
    const own = objectives.length === 1 ? name : `${name}-${objectiveName(objective, index)}`;
    return [finish(common, own, indicator, target, budgeting)];
  });
}

/** Objectives with indicators of their own make one SLO: its budget burns when any of them burns. */
function readComposite(common: Common, objectives: readonly DocumentNode[]): SloSettings[] {
  const { slo, set, method, name } = common;
  const spec = slo.field('spec');
  for (const key of ['indicator', 'indicatorRef']) {
    if (spec.has(key)) spec.field(key).expected('none: the objectives have indicators of their own');
  }
  const parts: CompositePart[] = [];
  const budgetings: Budgeting[] = [];
  for (const [index, objective] of objectives.entries()) {
    const sli = set.resolve(objective, 'SLI', 'indicatorRef', 'indicator');
    const indicator = sli && readSli(sli, objective, set);
    const target = readTarget(objective);
    const budgeting = readBudgeting(objective, method);
    const weight = objective.has('compositeWeight')
      ? objective.field('compositeWeight').number('a weight above 0', (value) => value > 0)
      : 1;
    if (indicator === undefined || target === undefined || budgeting === undefined || weight === undefined)
      continue;
    budgetings.push(budgeting);
    parts.push({
      name: objectiveName(objective, index),
      indicator,
      objective: target,
      sliceTarget: budgeting.kind === 'timeSlices' ? budgeting.sliceTarget : undefined,
      weight,
    });
  }
  if (parts.length < objectives.length) return [];
  const lengths = new Set(budgetings.map((each) => (each.kind === 'occurrences' ? 0 : each.sliceMs)));
  if (lengths.size > 1) spec.field('objectives').expected('the same timeSliceWindow in all objectives');
  return [finish(common, name, { kind: 'composite', parts }, compositeObjective(parts), budgetings[0]!)];
}

function finish(
  { slo, set, period }: Common,
  name: string,
  indicator: Indicator,
  objective: number,
  budgeting: Budgeting,
): SloSettings {
  const spec = slo.field('spec');
  const metadata = slo.field('metadata');
  const { windows, notify, noDataAfterMs } = readAlerting(slo, set, objective, nominalLengthMs(period));
  const annotation = (key: string): string => {
    const value = metadata.field('annotations').field(`tidewatch.dev/${key}`).value;
    return typeof value === 'string' ? value : '';
  };
  const settings = {
    ...SLO_DEFAULTS,
    name,
    service: String(spec.field('service').value ?? ''),
    description: String(spec.field('description').value ?? ''),
    rationale: annotation('rationale'),
    owner: annotation('owner'),
    runbookUrl: annotation('runbook-url'),
    dashboardUrl: annotation('dashboard-url'),
    labels: labelsOf(metadata.field('labels')),
    objective,
    period,
    indicator,
    budgeting,
    notify,
    noDataAfterMs,
  };
  return complete(
    settings,
    slo.path,
    windows ?? fittingDefaults(settings, slo.path, slo.problems),
    slo.problems,
  );
}

/** Labels, of which OpenSLO allows several values each. */
function labelsOf(node: DocumentNode): Record<string, string> {
  return Object.fromEntries(
    Object.entries(node.fields ?? {}).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(',') : String(value),
    ]),
  );
}

function readTarget(objective: DocumentNode): number | undefined {
  if (objective.has('target') === objective.has('targetPercent')) {
    objective.problems.error(objective.path, 'expected one of target and targetPercent');
    return undefined;
  }
  if (objective.has('target'))
    return objective.field('target').number('a target of at least 0 and below 1', (x) => x >= 0 && x < 1);
  const percent = objective
    .field('targetPercent')
    .number('a target of at least 0 and below 100', (x) => x >= 0 && x < 100);
  return percent === undefined ? undefined : Number((percent / 100).toPrecision(15));
}

function readBudgeting(objective: DocumentNode, method: Common['method']): Budgeting | undefined {
  if (method === 'Occurrences') return { kind: 'occurrences' };
  const window = objective.field('timeSliceWindow');
  const sliceMs = readSlice(window, readShorthand(window));
  if (method === 'RatioTimeslices')
    return sliceMs === undefined ? undefined : { kind: 'ratioTimeSlices', sliceMs };
  const sliceTarget = objective
    .field('timeSliceTarget')
    .number('a ratio above 0, at most 1', (value) => value > 0 && value <= 1);
  return sliceMs === undefined || sliceTarget === undefined
    ? undefined
    : { kind: 'timeSlices', sliceMs, sliceTarget };
}

/** The part of a name that tells an objective from its neighbours. */
function objectiveName(objective: DocumentNode, index: number): string {
  const display = objective.field('displayName').value;
  const word =
    typeof display === 'string'
      ? display
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-+|-+$/g, '')
      : '';
  return word.slice(0, 24).replace(/-+$/, '') || String(index + 1);
}
