// How the command line gets at running SLOs: through the deployment's API with a key, or with AWS credentials on the
// state table, with the very routes that the API has. Both give the same answers.

import type { Command } from 'commander';
import { PermanentError, RetryableError } from '../model/errors.ts';
import type { SloRoutePorts } from '../slo/api-routes.ts';
import type { SloSettings } from '../slo/settings.ts';
import { wrongUsage } from './failures.ts';
import { say } from './output.ts';
import { addStackOption, type StackOption } from './stack-option.ts';

export interface SloAccessOptions extends StackOption {
  readonly url?: string;
  readonly key?: string;
  readonly config: string;
}

export interface SloAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface SloAccess {
  /** @param path such as `/slo/checkout/gate` */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<SloAnswer>;
}

const TIMEOUT_MS = 10_000;

export const ACCESS_HELP = `
Where: the API by --url and --key (or TIDEWATCH_API_URL and TIDEWATCH_API_KEY), a key with the scope slo:read, for
changes slo:write; else the stack's state table with AWS credentials, and the SLOs of the configuration.`;

export function addSloAccess(command: Command): Command {
  return addStackOption(command)
    .option('--url <url>', "the deployment's API, instead of its state table")
    .option('--key <key>', 'a key of the deployment, for the API')
    .option(
      '--config <file>',
      'the configuration that is deployed, for the state table',
      'tidewatch.config.ts',
    );
}

/** @throws PermanentError when neither the API nor the stack can be reached with what was given */
export async function openSlos(options: SloAccessOptions): Promise<SloAccess> {
  const url = options.url ?? process.env.TIDEWATCH_API_URL;
  const key = options.key ?? process.env.TIDEWATCH_API_KEY;
  if (url !== undefined && url !== '') {
    if (!key) throw wrongUsage('--url: a key is needed too', 'give --key KEY, or set TIDEWATCH_API_KEY');
    return new ApiAccess(url.replace(/\/+$/, ''), key);
  }
  return new RouteAccess(await stackPorts(options));
}

class ApiAccess implements SloAccess {
  private readonly url: string;
  private readonly key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  async call(method: string, path: string, body?: object): Promise<SloAnswer> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${this.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      text = await answer.text();
    } catch (cause) {
      throw new RetryableError('unavailable', `${this.url} does not answer`, { cause });
    }
    if (answer.status === 401 || answer.status === 403)
      throw new PermanentError(
        'denied',
        `${this.url} refuses the key for ${method} ${path}: ${text.slice(0, 300)}`,
      );
    return { status: answer.status, body: parsed(text) };
  }
}

/** The routes of the API, called in this process. */
export class RouteAccess implements SloAccess {
  private readonly ports: SloRoutePorts;

  constructor(ports: SloRoutePorts) {
    this.ports = ports;
  }

  async call(method: string, path: string, body?: object): Promise<SloAnswer> {
    const [{ sloRoutes }, { matchRoute, routeTable }] = await Promise.all([
      import('../slo/api-routes.ts'),
      import('../api/match-route.ts'),
    ]);
    const match = matchRoute(routeTable(sloRoutes(this.ports)), method, path);
    if (match.kind !== 'route') return { status: 404, body: { error: `there is no ${method} ${path}` } };
    const answer = await match.route.handle({
      method,
      path,
      parameters: match.parameters,
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      caller: 'cli',
      baseUrl: '',
      now: Date.now(),
    });
    return { status: answer.status, body: parsed(String(answer.body ?? '')) };
  }
}

/** The stack's state table, and the SLOs as the configuration has them. */
async function stackPorts({ stack, config }: SloAccessOptions): Promise<SloRoutePorts> {
  const [{ DynamoSloChangeStore }, { DynamoSloStore }, { createSignedClient }, { RetryBudget }] =
    await Promise.all([
      import('../aws/slo-change-store.ts'),
      import('../aws/slo-store.ts'),
      import('../aws/signed-client.ts'),
      import('../aws/retry.ts'),
    ]);
  const [{ findDeployment, output }, { sdkEnvironment }, { randomUUID }] = await Promise.all([
    import('../aws/deployment.ts'),
    import('../aws/sdk-environment.ts'),
    import('node:crypto'),
  ]);
  const slos = await deployedSlos(config);
  const table = output(await findDeployment(stack), 'StateTableName');
  const transport = createSignedClient({ env: await sdkEnvironment() });
  return {
    slos,
    statuses: new DynamoSloStore(table, transport, { budget: new RetryBudget() }),
    changes: new DynamoSloChangeStore(table),
    newId: randomUUID,
  };
}

/** @throws PermanentError `invalidConfig` when it has errors */
export async function deployedSlos(config: string): Promise<readonly SloSettings[]> {
  const [{ loadConfig }, { checkConfig }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/compile.ts'),
  ]);
  const result = checkConfig(await loadConfig(config));
  if (!result.ok)
    throw new PermanentError('invalidConfig', `${config} has problems: tidewatch check ${config} lists them`);
  const slos = result.compiled.runtime.slo?.slos ?? [];
  if (slos.length === 0) say(`${config} has no SLOs`);
  return slos;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return { error: text.slice(0, 300) };
  }
}
