// The environment variables of the local stack's processes: ordinary AWS ones that point at the emulator, and nothing
// of the user's own AWS settings.
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { LocalPaths } from './paths.ts';

export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

export type Environment = Readonly<Record<string, string>>;

/** This process's environment without anything that could lead to a real AWS account. */
export function withoutAws(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !name.startsWith('AWS_') && !name.startsWith('CDK_')) kept[name] = value;
  }
  return kept;
}

/** What an AWS SDK needs to talk to the emulator. @param endpoint such as http://127.0.0.1:4566 */
export function awsEnvironment(endpoint: string): Environment {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    // No file of the user's is read, so that no profile can lead elsewhere.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Settings of an SDK client for the emulator. */
export function clientSettings(endpoint: string): {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
} {
  return { endpoint, region: LOCAL_REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

/** What the CDK command line needs for a deployment to the emulator. */
export function cdkEnvironment(endpoint: string, project: string): Environment {
  return {
    ...withoutAws(),
    ...awsEnvironment(endpoint),
    CDK_DEFAULT_ACCOUNT: LOCAL_ACCOUNT,
    CDK_DEFAULT_REGION: LOCAL_REGION,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    PATH: pathWithNode(project),
    CI: 'true',
  };
}

/**
 * What the emulator needs.
 * @param port loopback port of its endpoint
 */
export function emulatorEnvironment(port: number, paths: LocalPaths): Environment {
  const { project, runtimeModules, temporary } = paths;
  return {
    ...withoutAws(),
    AWS_EC2_METADATA_DISABLED: 'true',
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    TMPDIR: temporary,
    PYTHONPYCACHEPREFIX: join(temporary, 'pycache'),
    PYTHONUNBUFFERED: '1',
    LOG_LEVEL: 'WARNING',
    // Functions run on the first `node` of the path; CDK's own unbundled functions find the SDK through NODE_PATH.
    PATH: pathWithNode(project),
    NODE_PATH: runtimeModules,
    // Idle workers end soon, and a burst cannot start more of them than a small machine bears.
    LAMBDA_WARM_TTL_SECONDS: '20',
    LAMBDA_ACCOUNT_CONCURRENCY: '50',
    // Listeners the stack does not use, on fixed ports that two stacks would fight for.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
  };
}

/** PATH with a Node 24 first: the project's own where it has one, else the one that runs this. */
function pathWithNode(project: string): string {
  const own = join(project, 'node_modules', '.bin');
  const folder = existsSync(join(own, 'node')) ? own : dirname(process.execPath);
  return [folder, process.env.PATH ?? ''].join(delimiter);
}
