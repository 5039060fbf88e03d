// How the command line gets at running SLOs: through the deployment's API with a key, or with AWS credentials on the
// state table, with the very routes that the API has. Both give the same answers.
import type { Command } from 'commander';
import { PermanentError } from '../model/errors.ts';
import type { SloRoutePorts } from '../slo/api-routes.ts';
import type { SloSettings } from '../slo/settings.ts';
import { type ApiAnswer, type ApiClient, type ApiOptions, addApiOptions, openApi } from './api-client.ts';
import { say } from './output.ts';

export interface SloAccessOptions extends ApiOptions {
  readonly config: string;
}

export type SloAccess = Pick<ApiClient, 'call'>;

export const ACCESS_HELP = `
Where: with --key (or TIDEWATCH_API_KEY) the API, at --url, TIDEWATCH_API_URL or the stack's output ApiUrl; the key needs
the scope slo:read, for changes slo:write: tidewatch keys create --name pipeline --scopes slo:read. Without a key the
stack's state table with AWS credentials, and the SLOs of the configuration.`;

export function addSloAccess(command: Command): Command {
  return addApiOptions(command).option(
    '--config <file>',
    'the configuration that is deployed, for the state table',
    'tidewatch.config.ts',
  );
}

/** @throws PermanentError when neither the API nor the stack can be reached with what was given */
export async function openSlos(options: SloAccessOptions): Promise<SloAccess> {
  const { TIDEWATCH_API_URL, TIDEWATCH_API_KEY } = process.env;
  const asksApi = [options.url, options.key, TIDEWATCH_API_URL, TIDEWATCH_API_KEY].some((given) => given);
  return asksApi ? openApi(options) : new RouteAccess(await stackPorts(options));
}

/** The routes of the API, called in this process. */
export class RouteAccess implements SloAccess {
  private readonly ports: SloRoutePorts;

  constructor(ports: SloRoutePorts) {
    this.ports = ports;
  }

  async call(method: string, path: string, body?: object): Promise<ApiAnswer> {
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
