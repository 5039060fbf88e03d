// Deploys a CDK app to the emulator with the real CDK command line, and reads what came of it.
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { PermanentError } from '../model/errors.ts';
import { runCommand } from './command.ts';
import { cdkEnvironment, clientSettings, LOCAL_ACCOUNT, LOCAL_REGION } from './environment.ts';
import type { LocalPaths } from './paths.ts';
import type { LocalResource } from './state-file.ts';

export interface DeployOptions {
  readonly endpoint: string;
  /** The CDK app's command, as `cdk --app` takes it; the project's cdk.json when absent. */
  readonly app?: string | undefined;
  /** CDK context: `-c key=value`. */
  readonly context?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Deployment {
  /** By output name, of all stacks. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly LocalResource[];
}

/** @throws PermanentError with the last lines of the CDK's output when it fails */
export async function deploy(paths: LocalPaths, options: DeployOptions): Promise<Deployment> {
  const { endpoint, signal } = options;
  const command = cdkCommand(paths.project);
  const settings = {
    cwd: paths.project,
    env: cdkEnvironment(endpoint, paths.project),
    log: paths.deployLog,
    signal,
  };
  await Promise.all([paths.outputs, paths.deployLog].map((file) => rm(file, { force: true })));
  const environment = `aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`;
  // From a folder without a cdk.json: for bootstrapping the app need not be synthesised.
  await runCommand('cdk bootstrap', process.execPath, [command, 'bootstrap', environment, ...quiet], {
    ...settings,
    cwd: paths.stack,
  });
  const app = options.app === undefined ? [] : ['--app', options.app];
  const context = Object.entries(options.context ?? {}).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const target = ['--all', '--require-approval', 'never', '--output', paths.cloudAssembly];
  const report = ['--outputs-file', paths.outputs];
  await runCommand(
    'cdk deploy',
    process.execPath,
    [command, 'deploy', ...target, ...report, ...app, ...context, ...quiet, '--progress', 'events'],
    settings,
  );
  const stacks = readOutputs(paths.outputs);
  return {
    outputs: Object.assign({}, ...Object.values(stacks)) as Record<string, string>,
    resources: await listResources(endpoint, stackNames(paths.cloudAssembly)),
  };
}

const quiet = ['--no-notices', '--no-color'];

/** The CDK command line of the project. @throws PermanentError saying what to install */
function cdkCommand(project: string): string {
  const require = createRequire(join(project, 'package.json'));
  try {
    return join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');
  } catch (cause) {
    throw new PermanentError(
      'wrongUsage',
      'the CDK command line is missing: npm install --save-dev aws-cdk',
      {
        cause,
      },
    );
  }
}

/** What `cdk deploy --outputs-file` wrote: output values by stack and name. An app without outputs writes none. */
function readOutputs(file: string): Record<string, Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
  } catch {
    return {};
  }
}

/** Names of the stacks in a cloud assembly's manifest. */
function stackNames(assembly: string): string[] {
  const manifest = JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8')) as {
    artifacts?: Record<string, { type: string; properties?: { stackName?: string } }>;
  };
  return Object.entries(manifest.artifacts ?? {})
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => artifact.properties?.stackName ?? id);
}

async function listResources(endpoint: string, stacks: readonly string[]): Promise<LocalResource[]> {
  const client = new CloudFormationClient(clientSettings(endpoint));
  const found: LocalResource[] = [];
  for (const StackName of stacks) {
    for await (const page of paginateListStackResources({ client }, { StackName })) {
      for (const resource of page.StackResourceSummaries ?? []) {
        found.push({
          logicalId: resource.LogicalResourceId ?? '',
          type: resource.ResourceType ?? '',
          physicalId: resource.PhysicalResourceId ?? '',
        });
      }
    }
  }
  client.destroy();
  return found;
}
