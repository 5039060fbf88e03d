// What a segment takes from the resource: the `aws` block, `service`, `origin`.
import { renderLogGroup } from '../../lib/exporters/cloudwatch-logs/names.ts';
import { isSqlSystem } from '../../lib/exporters/xray/encode/sql-systems.ts';
import type { AnyValue, Json } from './xray-types.ts';
import { type Attributes, plainText, text, wholeNumber } from './xray-values.ts';

export interface ResourceParts {
  readonly isAws: boolean;
  readonly aws: Json;
  readonly accountId: string | undefined;
  readonly service: Json | undefined;
  readonly origin: string | undefined;
}

export function resourceParts(resource: Attributes, logGroupTemplate: string): ResourceParts {
  const get = (key: string) => text(resource.get(key));
  const provider = get('cloud.provider');
  const isAws = provider === undefined || provider === 'aws';
  const platform = get('cloud.platform');
  const logs = { cloudwatch_logs: logGroups(resource, logGroupTemplate) };
  const version =
    resource.get('service.version') ??
    resource.get('container.image.tag') ??
    resource.get('container.image.tags')?.arrayValue?.values?.find((tag) => text(tag) !== undefined);
  return {
    isAws,
    aws: isAws ? { ...logs, ...platformBlocks(get, platform), xray: sdk(get) } : logs,
    accountId: isAws ? get('cloud.account.id') : undefined,
    service: text(version) === undefined ? undefined : { version: text(version) },
    origin: isAws ? originOf(platform, get('aws.ecs.launchtype')) : undefined,
  };
}

type Get = (key: string) => string | undefined;

function platformBlocks(get: Get, platform: string | undefined): Json {
  const zone = get('cloud.availability_zone');
  const blocks: Json = {};
  if (platform === 'aws_ec2' || get('host.id') !== undefined) {
    blocks.ec2 = {
      instance_id: get('host.id'),
      availability_zone: zone,
      instance_size: get('host.type'),
      ami_id: get('host.image.id'),
    };
  }
  if (platform === 'aws_ecs') {
    blocks.ecs = {
      container: get('container.name'),
      container_id: get('container.id'),
      task_arn: get('aws.ecs.task.arn'),
      task_family: get('aws.ecs.task.family'),
      cluster_arn: get('aws.ecs.cluster.arn'),
      container_arn: get('aws.ecs.container.arn'),
      availability_zone: zone,
      launch_type: get('aws.ecs.launchtype'),
    };
  }
  const deployment = get('service.instance.id');
  if (platform === 'aws_elastic_beanstalk' && deployment !== undefined) {
    blocks.elastic_beanstalk = {
      environment_name: get('service.namespace'),
      version_label: get('service.version'),
      deployment_id: /^[+-]?\d{1,15}$/.test(deployment) ? Number(deployment) : 0,
    };
  }
  if (platform === 'aws_eks' || get('k8s.cluster.name') !== undefined) {
    blocks.eks = {
      cluster_name: get('k8s.cluster.name'),
      pod: get('k8s.pod.name'),
      container_id: get('container.id'),
    };
  }
  return blocks;
}

function sdk(get: Get): Json {
  const name = get('telemetry.sdk.name');
  const language = get('telemetry.sdk.language');
  return {
    sdk: name !== undefined && language !== undefined ? `${name} for ${language}` : name,
    sdk_version: get('telemetry.sdk.version'),
    auto_instrumentation: get('telemetry.auto.version') !== undefined,
  };
}

/** The groups that the resource names, and always the one that the logs exporter writes. */
function logGroups(resource: Attributes, template: string): Json[] {
  const arns = namesIn(resource.get('aws.log.group.arns'));
  const groups: Json[] =
    arns.length > 0
      ? arns.map((arn) => ({ log_group: arn.split(':')[6] ?? arn, arn }))
      : namesIn(resource.get('aws.log.group.names')).map((name) => ({ log_group: name }));
  const own = renderLogGroup(template, (key) => plainText(resource.get(key)));
  return groups.some((group) => group.log_group === own) ? groups : [...groups, { log_group: own }];
}

function namesIn(value: AnyValue | undefined): string[] {
  const names =
    text(value)?.split('&') ?? (value?.arrayValue?.values ?? []).map((inner) => text(inner) ?? '');
  return names.filter((name) => name !== '');
}

function originOf(platform: string | undefined, launchType: string | undefined): string | undefined {
  switch (platform) {
    case 'aws_app_runner':
      return 'AWS::AppRunner::Service';
    case 'aws_eks':
      return 'AWS::EKS::Container';
    case 'aws_elastic_beanstalk':
      return 'AWS::ElasticBeanstalk::Environment';
    case 'aws_ec2':
      return 'AWS::EC2::Instance';
    case 'aws_ecs':
      return (
        { ec2: 'AWS::ECS::EC2', fargate: 'AWS::ECS::Fargate' }[launchType ?? ''] ?? 'AWS::ECS::Container'
      );
    default:
      return undefined;
  }
}

/** Fields of the `aws` block that describe the call, and the attributes they show. */
export function callParts(attributes: Attributes, parts: ResourceParts): { call: Json; shown: Set<string> } {
  const shown = new Set<string>();
  if (!parts.isAws) return { call: {}, shown };
  const get = (key: string) => text(attributes.get(key));
  const last = (...keys: string[]) =>
    [...attributes.keys()]
      .filter((key) => keys.includes(key) && get(key))
      .map(get)
      .at(-1);
  const list = attributes.get('aws.dynamodb.table_names');
  const names = list?.arrayValue?.values?.map((inner) => inner.stringValue ?? '');
  const only = names?.length === 1 ? names[0] || undefined : text(list);
  const tables = names !== undefined && names.length > 1 ? names : undefined;
  const accountIsGiven =
    attributes.has('aws.account_id') && plainText(attributes.get('aws.account_id')) !== undefined;
  const call = {
    account_id: accountIsGiven ? get('aws.account_id') : parts.accountId,
    operation: get('aws.operation') ?? get('rpc.method'),
    region: get('aws.region'),
    request_id: last('aws.request_id', 'aws.requestId'),
    queue_url: get('messaging.url') ?? last('aws.queue_url', 'aws.queue.url'),
    table_name: tables === undefined ? (only ?? last('aws.table_name', 'aws.table.name')) : undefined,
    table_names: tables,
  };
  const fields: [keyof typeof call, string[]][] = [
    ['account_id', ['aws.account_id']],
    ['operation', ['aws.operation', 'rpc.method']],
    ['region', ['aws.region']],
    ['request_id', ['aws.request_id', 'aws.requestId']],
    ['queue_url', ['aws.queue_url', 'aws.queue.url']],
    ['table_name', ['aws.table_name', 'aws.table.name']],
  ];
  for (const [field, keys] of fields) {
    for (const key of keys) if (get(key) !== undefined && get(key) === call[field]) shown.add(key);
  }
  return { call, shown };
}

/** The `sql` block, from the old names or the current ones. */
export function sqlBlock(
  attributes: Attributes,
  spanName: string,
): { sql: Json | undefined; shown: Set<string> } {
  const get = (key: string) => text(attributes.get(key));
  const isSql = (key: string) => isSqlSystem(get(key) ?? '');
  const old = isSql('db.system');
  if (!old && !isSql('db.system.name')) return { sql: undefined, shown: new Set() };
  const system = old ? 'db.system' : 'db.system.name';
  const name = get('db.name') === undefined ? 'db.namespace' : 'db.name';
  const query = get('db.statement') === undefined ? 'db.query.text' : 'db.statement';
  const used = [system, name, query, 'db.user', 'db.connection_string'];
  return {
    sql: {
      connection_string: `${get('db.connection_string') ?? (old ? 'localhost' : serverOf(attributes))}/${get(name) ?? ''}`,
      url: spanName,
      sanitized_query: get(query),
      database_type: get(system),
      user: get('db.user'),
    },
    shown: new Set(used.filter((key) => attributes.get(key)?.stringValue !== undefined)),
  };
}

function serverOf(attributes: Attributes): string {
  const host = text(attributes.get('server.address'));
  if (host === undefined) return 'localhost';
  const port = text(attributes.get('server.port')) ?? wholeNumber(attributes.get('server.port'));
  return port === undefined ? host : `${host}:${port}`;
}
