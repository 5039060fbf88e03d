// One function of functions/: its built bundle and its slice of the compiled configuration side by side in one asset,
// with a role and a log group of its own.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT, type ResourceName, type RuntimeConfig } from '../../lib/config/runtime.ts';
import { builtFunctions, bundleFolder, ENTRY, type FunctionName } from '../bundles.ts';
import type { StackAlarms } from './stack-alarms.ts';

export interface BundledFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  /** The parts of the configuration that it reads. */
  readonly config: Partial<RuntimeConfig>;
  /** Names and URLs of the resources it uses. */
  readonly resources: Partial<Record<ResourceName, string>>;
  /** Days its log lines are kept. */
  readonly logDays: number;
  readonly reservedConcurrency?: number | undefined;
  readonly alarms: StackAlarms;
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class BundledFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      // The days are CloudWatch's own values, which is what this enum is made of.
      retention: props.logDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryptionKey !== undefined && { encryptionKey: props.encryptionKey }),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: stagedCode(bundleFolder(props.bundles ?? builtFunctions(), props.name), props.config),
      memorySize: props.memoryMb,
      timeout: props.timeout,
      role: this.role,
      logGroup,
      environment: environmentOf(props.resources),
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
    });
    props.alarms.whenFunctionFails(this, props.name, this.lambda);
  }
}

function environmentOf(resources: Partial<Record<ResourceName, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(resources).map(([name, value]) => [ENVIRONMENT[name as ResourceName], value]),
  );
}

/** The bundle without its source map, and config.json beside it; made anew at each synth, hashed by its content. */
function stagedCode(bundle: string, config: Partial<RuntimeConfig>): Code {
  return Code.fromAsset(bundle, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: the local step below always does the work.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(outputFolder: string): boolean {
          copyFileSync(join(bundle, ENTRY), join(outputFolder, ENTRY));
          writeFileSync(join(outputFolder, 'config.json'), JSON.stringify(config));
          return true;
        },
      },
    },
  });
}
