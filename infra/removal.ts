// What `cdk destroy` does with what holds data.
import { RemovalPolicy } from 'aws-cdk-lib';
import type { DeploymentSettings } from '../lib/config/deployment.ts';

/** Kept resources are still cleaned up when their very first creation is rolled back. */
export function removalPolicy(removal: DeploymentSettings['removal']): RemovalPolicy {
  return removal === 'keep' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
