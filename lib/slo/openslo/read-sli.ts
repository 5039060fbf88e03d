// An OpenSLO SLI → indicator. A metric source of CloudWatch is read; of any other system only its type is kept.
import type { DocumentNode } from '../definition/document-node.ts';
import { readStatistic } from '../definition/read-indicator.ts';
import type { Indicator, MetricSource } from '../settings.ts';
import type { DocumentSet } from './document-set.ts';

type SingleIndicator = Exclude<Indicator, { kind: 'composite' }>;

/** @param objective the objective that has `op` and `value` when the SLI is a threshold */
export function readSli(
  sli: DocumentNode,
  objective: DocumentNode,
  documents: DocumentSet,
): SingleIndicator | undefined {
  const spec = sli.field('spec');
  if (!spec.object(['description', 'thresholdMetric', 'ratioMetric'], 'warning')) return undefined;
  if (spec.has('thresholdMetric') === spec.has('ratioMetric')) {
    spec.problems.error(spec.path, 'expected one of thresholdMetric and ratioMetric');
    return undefined;
  }
  if (spec.has('ratioMetric')) return readRatio(spec.field('ratioMetric'), documents);
  const metric = readSource(spec.field('thresholdMetric'), documents);
  const operator = objective.field('op').oneOf(['lte', 'gte', 'lt', 'gt']);
  const limit = objective.field('value').number();
  if (metric === undefined || operator === undefined || limit === undefined) return undefined;
  return { kind: 'threshold', metric, operator, limit };
}

function readRatio(ratio: DocumentNode, documents: DocumentSet): SingleIndicator | undefined {
  if (!ratio.object(['counter', 'good', 'bad', 'total', 'raw', 'rawType'], 'warning')) return undefined;
  if (ratio.has('counter')) ratio.field('counter').boolean();
  if (ratio.has('raw')) {
    for (const key of ['good', 'bad', 'total'])
      if (ratio.has(key)) ratio.field(key).expected('nothing beside raw');
    const rawType = ratio.field('rawType').oneOf(['success', 'failure']);
    const metric = readSource(ratio.field('raw'), documents);
    return metric && rawType && { kind: 'raw', rawType, metric };
  }
  if (ratio.has('good') === ratio.has('bad')) {
    ratio.problems.error(ratio.path, 'expected one of good and bad beside total, or raw');
    return undefined;
  }
  const total = readSource(ratio.field('total'), documents);
  const term = readSource(ratio.field(ratio.has('good') ? 'good' : 'bad'), documents);
  if (total === undefined || term === undefined) return undefined;
  return ratio.has('good')
    ? { kind: 'goodTotal', good: term, total }
    : { kind: 'badTotal', bad: term, total };
}

function readSource(holder: DocumentNode, documents: DocumentSet): MetricSource | undefined {
  if (!holder.object(['metricSource'], 'warning')) return undefined;
  const source = holder.field('metricSource');
  if (!source.object(['metricSourceRef', 'type', 'spec'], 'warning')) return undefined;
  const spec = source.field('spec');
  const type = sourceType(source, documents);
  const isCloudWatch = type
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .endsWith('cloudwatch');
  if (!isCloudWatch) {
    source.problems.warning(
      source.path,
      `a source of type "${type}" is not read; its series can be replayed`,
    );
    return { kind: 'other', type };
  }
  const metricKey = spec.has('metricName') ? 'metricName' : 'metric';
  if (!spec.has('namespace') || !spec.has(metricKey)) {
    spec.problems.warning(
      spec.path,
      'no namespace and metricName, so it is not read; its series can be replayed',
    );
    return { kind: 'other', type };
  }
  return readCloudWatch(spec, metricKey);
}

function sourceType(source: DocumentNode, documents: DocumentSet): string {
  if (source.has('type')) return source.field('type').text() ?? 'unknown';
  const reference = source.field('metricSourceRef').value;
  const named = documents
    .all('DataSource')
    .find((each) => each.field('metadata').field('name').value === reference);
  const type = named?.field('spec').field('type').value;
  return typeof type === 'string' ? type : 'unknown';
}

function readCloudWatch(spec: DocumentNode, metricKey: string): MetricSource | undefined {
  const namespace = spec.field('namespace').text(255);
  const metric = spec.field(metricKey).text(255);
  const dimensions = spec.has('dimensions') ? readDimensions(spec.field('dimensions')) : {};
  const key = spec.has('stat') ? 'stat' : 'statistic';
  const statistic = spec.has(key) ? readStatistic(spec.field(key)) : 'Sum';
  const region = spec.has('region') ? spec.field('region').text() : undefined;
  if (!namespace || !metric || !dimensions || !statistic) return undefined;
  return {
    kind: 'cloudwatch',
    namespace,
    metric,
    dimensions,
    statistic,
    ...(region !== undefined && { region }),
  };
}

/** Dimensions by name, or as CloudWatch's own list of { Name, Value }. */
function readDimensions(node: DocumentNode): Record<string, string> | undefined {
  if (!Array.isArray(node.value)) return node.texts();
  const dimensions: [string, string][] = [];
  for (const item of node.items()) {
    const name = item.field(item.has('Name') ? 'Name' : 'name').text();
    const value = item.field(item.has('Value') ? 'Value' : 'value').text();
    if (name !== undefined && value !== undefined) dimensions.push([name, value]);
  }
  return Object.fromEntries(dimensions);
}
