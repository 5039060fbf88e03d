// Where a service runs on AWS, as the `aws` block and `origin` of a document say it.
import { RESOURCE } from '../../../model/semantic-conventions.ts';

/** Reads resource attributes; empty text counts as absent. */
export interface ResourceSource {
  readonly text: (key: string) => string | undefined;
  readonly texts: (key: string) => readonly string[];
}

const PLATFORM = {
  ec2: 'aws_ec2',
  ecs: 'aws_ecs',
  eks: 'aws_eks',
  beanstalk: 'aws_elastic_beanstalk',
  appRunner: 'aws_app_runner',
} as const;

/** An object for JSON: members that are undefined are left out. */
type Block = Readonly<Record<string, unknown>>;

/**
 * The part of the `aws` block that is the same for all spans of a resource.
 * @param isAws false when the resource names another cloud: then only the log group is said
 * @param ownLogGroup the group that our logs exporter writes; always among the groups, so that the console finds the logs
 */
export function awsBlock(source: ResourceSource, isAws: boolean, ownLogGroup: string): Block {
  const logs = { cloudwatch_logs: logGroups(source, ownLogGroup) };
  return isAws ? { ...logs, ...platformBlocks(source), xray: sdkBlock(source) } : logs;
}

function logGroups(source: ResourceSource, own: string): Block[] {
  const arns = source.texts(RESOURCE.logGroupArns);
  const named =
    arns.length > 0
      ? arns.map((arn) => ({ log_group: arn.split(':')[6] ?? arn, arn }))
      : source.texts(RESOURCE.logGroupNames).map((name) => ({ log_group: name }));
  return named.some((group) => group.log_group === own) ? named : [...named, { log_group: own }];
}

function platformBlocks({ text }: ResourceSource): Block {
  const platform = text(RESOURCE.cloudPlatform);
  const zone = text(RESOURCE.availabilityZone);
  const blocks: Record<string, Block> = {};
  if (platform === PLATFORM.ec2 || text(RESOURCE.hostId) !== undefined) {
    blocks.ec2 = {
      instance_id: text(RESOURCE.hostId),
      availability_zone: zone,
      instance_size: text(RESOURCE.hostType),
      ami_id: text(RESOURCE.hostImageId),
    };
  }
  if (platform === PLATFORM.ecs) {
    blocks.ecs = {
      container: text(RESOURCE.containerName),
      container_id: text(RESOURCE.containerId),
      task_arn: text(RESOURCE.ecsTaskArn),
      task_family: text(RESOURCE.ecsTaskFamily),
      cluster_arn: text(RESOURCE.ecsClusterArn),
      container_arn: text(RESOURCE.ecsContainerArn),
      availability_zone: zone,
      launch_type: text(RESOURCE.ecsLaunchType),
    };
  }
  const deployment = text(RESOURCE.serviceInstanceId);
  if (platform === PLATFORM.beanstalk && deployment !== undefined) {
    blocks.elastic_beanstalk = {
      environment_name: text(RESOURCE.serviceNamespace),
      version_label: text(RESOURCE.serviceVersion),
      deployment_id: /^[+-]?\d{1,15}$/.test(deployment) ? Number(deployment) : 0,
    };
  }
  if (platform === PLATFORM.eks || text(RESOURCE.k8sClusterName) !== undefined) {
    blocks.eks = {
      cluster_name: text(RESOURCE.k8sClusterName),
      pod: text(RESOURCE.k8sPodName),
      container_id: text(RESOURCE.containerId),
    };
  }
  return blocks;
}

function sdkBlock({ text }: ResourceSource): Block {
  const name = text(RESOURCE.sdkName);
  const language = text(RESOURCE.sdkLanguage);
  return {
    sdk: name !== undefined && language !== undefined ? `${name} for ${language}` : name,
    sdk_version: text(RESOURCE.sdkVersion),
    auto_instrumentation: text(RESOURCE.autoVersion) !== undefined,
  };
}

/** The kind of AWS resource that runs the service; Lambda has none here, its own segments say it. */
export function originOf({ text }: ResourceSource): string | undefined {
  switch (text(RESOURCE.cloudPlatform)) {
    case PLATFORM.appRunner:
      return 'AWS::AppRunner::Service';
    case PLATFORM.eks:
      return 'AWS::EKS::Container';
    case PLATFORM.beanstalk:
      return 'AWS::ElasticBeanstalk::Environment';
    case PLATFORM.ec2:
      return 'AWS::EC2::Instance';
    case PLATFORM.ecs:
      return ecsOrigin(text(RESOURCE.ecsLaunchType));
    default:
      return undefined;
  }
}

function ecsOrigin(launchType: string | undefined): string {
  if (launchType === 'ec2') return 'AWS::ECS::EC2';
  return launchType === 'fargate' ? 'AWS::ECS::Fargate' : 'AWS::ECS::Container';
}
