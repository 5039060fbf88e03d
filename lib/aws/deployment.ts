// Finds a deployment by the name of its CloudFormation stack.
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PermanentError } from '../model/errors.ts';
import { STACK_OUTPUTS, type StackOutput } from '../model/stack-outputs.ts';

export interface Deployment {
  readonly stackName: string;
  /** CloudFormation's own word, such as `CREATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Partial<Record<StackOutput, string>>>;
}

/** @throws PermanentError `notFound` when there is no such stack in this account and Region */
export async function findDeployment(
  stackName: string,
  client: CloudFormationClient = new CloudFormationClient(),
): Promise<Deployment> {
  let found: Awaited<ReturnType<typeof describe>>;
  try {
    found = await describe(stackName, client);
  } catch (cause) {
    if (!(cause instanceof Error) || !/does not exist/.test(cause.message)) throw cause;
    const region = await client.config.region();
    throw new PermanentError(
      'notFound',
      `there is no stack ${stackName} in ${region}: deploy it, or name another one with --stack (and AWS_REGION, AWS_PROFILE)`,
    );
  }
  const all = new Map((found?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]));
  const outputs: Partial<Record<StackOutput, string>> = {};
  for (const name of STACK_OUTPUTS) {
    const value = all.get(name);
    if (value !== undefined) outputs[name] = value;
  }
  return { stackName, status: found?.StackStatus ?? 'UNKNOWN', outputs };
}

/** @throws PermanentError `notFound` when the stack is no Tidewatch, or an older one */
export function output(deployment: Deployment, name: StackOutput): string {
  const value = deployment.outputs[name];
  if (value !== undefined) return value;
  throw new PermanentError(
    'notFound',
    `the stack ${deployment.stackName} has no output ${name}: is it a Tidewatch stack of this version?`,
  );
}

async function describe(stackName: string, client: CloudFormationClient) {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  return Stacks?.[0];
}
