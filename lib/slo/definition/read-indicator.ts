// Indicators and budgeting as a user writes them in Tidewatch's own form.
import type { Budgeting, CompositePart, Indicator, MetricSource } from '../settings.ts';
import type { DocumentNode } from './document-node.ts';

const OPERATORS = ['lte', 'gte', 'lt', 'gt'] as const;
const SOURCE_KEYS = ['namespace', 'metric', 'dimensions', 'statistic', 'region', 'account', 'other'];
/**
 * Statistics of CloudWatch, with percentiles, trimmed and winsorized means, and counts and sums of a range.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html (2026-08)
 */
const STATISTIC =
  /^(?:Sum|Average|Minimum|Maximum|SampleCount|IQM|(?:p|tm|wm|tc|ts)\d{1,2}(?:\.\d{1,10})?|(?:TM|WM|TC|TS|PR)\([\d.%]*:[\d.%]*\))$/;
/** A time slice and the units it is written in. */
const HOUR = 3_600_000;

/** The indicator of an SLO or of a part of a composite. */
export function readIndicator(node: DocumentNode): Indicator | undefined {
  if (node.fields === undefined)
    return node.expected('an object with good and total, bad and total, raw, or threshold');
  if (node.has('threshold')) return readThreshold(node);
  if (node.has('raw')) {
    node.object(['raw', 'rawType']);
    const rawType = node.has('rawType') ? node.field('rawType').oneOf(['success', 'failure']) : 'success';
    const metric = readSource(node.field('raw'));
    return metric && rawType && { kind: 'raw', rawType, metric };
  }
  node.object(['good', 'bad', 'total']);
  if (node.has('good') === node.has('bad')) {
    node.problems.error(node.path, 'expected one of good and bad, beside total');
    return undefined;
  }
  const total = readSource(node.field('total'));
  const term = readSource(node.field(node.has('good') ? 'good' : 'bad'));
  if (total === undefined || term === undefined) return undefined;
  return node.has('good') ? { kind: 'goodTotal', good: term, total } : { kind: 'badTotal', bad: term, total };
}

function readThreshold(node: DocumentNode): Indicator | undefined {
  node.object(['threshold']);
  const threshold = node.field('threshold');
  if (!threshold.object(['metric', 'operator', 'limit'])) return undefined;
  const metric = readSource(threshold.field('metric'));
  const operator = threshold.field('operator').oneOf(OPERATORS);
  const limit = threshold.field('limit').number();
  if (metric === undefined || operator === undefined || limit === undefined) return undefined;
  return { kind: 'threshold', metric, operator, limit };
}

function readSource(node: DocumentNode): MetricSource | undefined {
  if (!node.object(SOURCE_KEYS)) return undefined;
  if (node.has('other')) {
    node.object(['other']);
    const type = node.field('other').text();
    return type === undefined ? undefined : { kind: 'other', type };
  }
  const namespace = node.field('namespace').text(255);
  const metric = node.field('metric').text(255);
  const dimensions = node.has('dimensions') ? node.field('dimensions').texts() : {};
  const statistic = node.has('statistic') ? readStatistic(node.field('statistic')) : 'Sum';
  const region = node.has('region') ? node.field('region').text() : undefined;
  const account = node.has('account') ? node.field('account').text() : undefined;
  if (!namespace || !metric || !dimensions || !statistic) return undefined;
  return {
    kind: 'cloudwatch',
    namespace,
    metric,
    dimensions,
    statistic,
    ...(region !== undefined && { region }),
    ...(account !== undefined && { account }),
  };
}

/** The statistic of a metric, checked. */
export function readStatistic(node: DocumentNode): string | undefined {
  const text = node.text();
  if (text === undefined) return undefined;
  return STATISTIC.test(text) ? text : node.expected('a CloudWatch statistic such as Sum, p95 or TC(:0.5)');
}

/** How units of the budget are counted. */
export function readBudgeting(node: DocumentNode): Budgeting | undefined {
  if (node.value === 'occurrences') return { kind: 'occurrences' };
  if (!node.object(['timeSlices', 'ratioTimeSlices', 'target'])) return undefined;
  if (node.has('timeSlices') === node.has('ratioTimeSlices')) {
    node.problems.error(
      node.path,
      'expected one of timeSlices and ratioTimeSlices, with the length of a slice',
    );
    return undefined;
  }
  if (node.has('ratioTimeSlices')) {
    if (node.has('target')) node.field('target').expected('nothing beside ratioTimeSlices');
    const sliceMs = readSlice(node.field('ratioTimeSlices'));
    return sliceMs === undefined ? undefined : { kind: 'ratioTimeSlices', sliceMs };
  }
  const sliceMs = readSlice(node.field('timeSlices'));
  const sliceTarget = node.field('target').ratio('a ratio above 0, at most 1', (x) => x > 0 && x <= 1);
  return sliceMs === undefined || sliceTarget === undefined
    ? undefined
    : { kind: 'timeSlices', sliceMs, sliceTarget };
}

/** The length of a time slice: a part of an hour, so that hours hold whole slices. */
export function readSlice(node: DocumentNode, ms = node.duration()): number | undefined {
  if (ms === undefined) return undefined;
  return ms <= HOUR && HOUR % ms === 0 ? ms : node.expected('a length that divides an hour');
}

const PART_KEYS = ['name', 'indicator', 'objective', 'sliceTarget', 'weight'];

/** The parts of a composite. */
export function readParts(list: DocumentNode): CompositePart[] {
  const parts: CompositePart[] = [];
  for (const [index, node] of list.items().entries()) {
    if (!node.object(PART_KEYS)) continue;
    const indicator = readIndicator(node.field('indicator'));
    const objective = readObjective(node.field('objective'));
    const weight = node.has('weight') ? node.field('weight').number('a weight above 0', (x) => x > 0) : 1;
    const sliceTarget = node.has('sliceTarget')
      ? node.field('sliceTarget').ratio('a ratio above 0, at most 1', (x) => x > 0 && x <= 1)
      : undefined;
    const name = node.has('name') ? node.field('name').text() : `part ${index + 1}`;
    if (indicator === undefined || indicator.kind === 'composite') continue;
    if (name === undefined || objective === undefined || weight === undefined) continue;
    parts.push({ name, indicator, objective, weight, sliceTarget });
  }
  return parts;
}

/** An objective: a ratio below 1, since an objective of 1 leaves nothing to spend. */
export function readObjective(node: DocumentNode): number | undefined {
  return node.ratio(
    'an objective of at least 0 and below 1, such as 0.999 or "99.9%" (1 leaves no budget)',
    (value) => value >= 0 && value < 1,
  );
}
