// How commands ask a deployment's API: where it is, with which key, and what its answers mean for the command line.
import type { Command } from 'commander';
import { PermanentError, RetryableError } from '../model/errors.ts';
import { wrongUsage } from './failures.ts';
import { addStackOption, type StackOption } from './stack-option.ts';

export interface ApiOptions extends StackOption {
  readonly url?: string;
  readonly key?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const API_HELP = `
Where: the stack's output ApiUrl, or --url, or TIDEWATCH_API_URL. The key by --key or TIDEWATCH_API_KEY; it needs the
scope alerts:read, for changes ack: tidewatch keys create --name me --scopes alerts:read ack`;

const TIMEOUT_MS = 10_000;

export function addApiOptions(command: Command): Command {
  return addStackOption(command)
    .option('--url <url>', "the deployment's API, instead of looking for the stack")
    .option('--key <key>', 'a key of the deployment');
}

/** @throws PermanentError `wrongUsage` without a key, `notFound` when the stack has no API */
export async function openApi(options: ApiOptions): Promise<ApiClient> {
  const key = options.key ?? process.env.TIDEWATCH_API_KEY;
  if (!key) throw wrongUsage('a key is needed to ask the API', 'give --key KEY, or set TIDEWATCH_API_KEY');
  const url = options.url ?? process.env.TIDEWATCH_API_URL ?? (await deployedUrl(options.stack));
  return new ApiClient(url.replace(/\/+$/, ''), key);
}

async function deployedUrl(stack: string): Promise<string> {
  const { findDeployment, output } = await import('../aws/deployment.ts');
  return output(await findDeployment(stack), 'ApiUrl');
}

export class ApiClient {
  private readonly url: string;
  private readonly key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  /**
   * One request; any status that is no refusal of the key is an answer.
   * @param path such as `/incidents?status=all`
   * @throws RetryableError when there is no answer; PermanentError `denied` when the key is refused
   */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<ApiAnswer> {
    const { status, text } = await this.fetch(method, path, body);
    if (status === 401 || status === 403) {
      const said = wordsOf(parsed(text)) ?? text.slice(0, 300);
      throw new PermanentError('denied', `${this.url} refuses the key for ${method} ${path}: ${said}`);
    }
    return { status, body: parsed(text) };
  }

  /** The same where only success will do. @throws PermanentError with what the API says is wrong */
  async expect<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const answer = await this.call(method, path, body);
    if (answer.status < 300) return answer.body as T;
    const said = wordsOf(answer.body) ?? `HTTP ${answer.status} for ${method} ${path}`;
    if (answer.status >= 500 || answer.status === 429) throw new RetryableError('unavailable', said);
    throw new PermanentError(answer.status === 404 ? 'notFound' : 'rejected', said);
  }

  private async fetch(method: string, path: string, body: object | undefined) {
    try {
      const answer = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (cause) {
      throw new RetryableError('unavailable', `${this.url} does not answer`, { cause });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return { error: text.slice(0, 300) };
  }
}

/** What an answer says is wrong: Alertmanager answers with a text, our own routes with an object. */
function wordsOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  const { error, message } = (body ?? {}) as { readonly error?: unknown; readonly message?: unknown };
  if (typeof error === 'string') return error;
  return typeof message === 'string' ? message : undefined;
}
