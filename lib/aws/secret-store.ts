// Reads secrets by reference from Secrets Manager and the Parameter Store, and remembers them for a while. Nothing of a
// secret is ever in an error.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { SecretPort } from '../channels/ports.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';
import type { SecretReference } from '../model/notification.ts';
import { sdkFailure } from './sdk-failure.ts';

export interface SecretStoreOptions {
  /** Milliseconds for which a secret is remembered. Default 5 minutes. */
  readonly ttlMs?: number;
  /** Milliseconds for which an old one is used when it cannot be read anew. Default 1 hour. */
  readonly staleMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Default: clients of the process's Region and credentials, loaded when they are needed. */
  readonly secretsManager?: SecretsManagerClient;
  readonly parameterStore?: SSMClient;
}

interface Remembered {
  readonly text: string;
  readonly readAt: number;
}

const TTL_MS = 300_000;
const STALE_MS = 3_600_000;
const CLIENT = { maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } };

export class SecretStore implements SecretPort {
  private readonly options: SecretStoreOptions;
  private readonly now: () => number;
  private readonly known = new Map<string, Remembered>();
  private readonly reading = new Map<string, Promise<string>>();
  private secretsManager: SecretsManagerClient | undefined;
  private parameterStore: SSMClient | undefined;

  constructor(options: SecretStoreOptions = {}) {
    this.options = options;
    this.now = options.now ?? Date.now;
    this.secretsManager = options.secretsManager;
    this.parameterStore = options.parameterStore;
  }

  async read(reference: SecretReference): Promise<string> {
    const name = nameOf(reference);
    const whole = await this.whole(reference, name);
    if (!('secret' in reference) || reference.key === undefined) return checked(whole, name);
    return checked(keyOf(whole, reference.key, name), name);
  }

  forget(reference: SecretReference): void {
    this.known.delete(nameOf(reference));
  }

  /** All of it, as it is stored. */
  private async whole(reference: SecretReference, name: string): Promise<string> {
    const known = this.known.get(name);
    const age = known === undefined ? Number.POSITIVE_INFINITY : this.now() - known.readAt;
    if (known !== undefined && age < (this.options.ttlMs ?? TTL_MS)) return known.text;
    try {
      // Several at once read it once.
      let reading = this.reading.get(name);
      if (reading === undefined) {
        reading = this.fetch(reference, name).finally(() => this.reading.delete(name));
        this.reading.set(name, reading);
      }
      const text = await reading;
      this.known.set(name, { text, readAt: this.now() });
      return text;
    } catch (error) {
      const failure = failureOf(error, name);
      const isUsable = known !== undefined && age < (this.options.staleMs ?? STALE_MS);
      if (failure instanceof RetryableError && isUsable) return known.text;
      throw failure;
    }
  }

  private async fetch(reference: SecretReference, name: string): Promise<string> {
    if ('parameter' in reference) {
      const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
      this.parameterStore ??= new SSMClient(CLIENT);
      const command = new GetParameterCommand({ Name: reference.parameter, WithDecryption: true });
      const { Parameter } = await this.parameterStore.send(command);
      return Parameter?.Value ?? '';
    }
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    this.secretsManager ??= new SecretsManagerClient(CLIENT);
    const answer = await this.secretsManager.send(new GetSecretValueCommand({ SecretId: reference.secret }));
    if (answer.SecretString === undefined) {
      throw new PermanentError('malformed', `${name}: expected a text, got bytes`);
    }
    return answer.SecretString;
  }
}

function nameOf(reference: SecretReference): string {
  return 'parameter' in reference ? `parameter ${reference.parameter}` : `secret ${reference.secret}`;
}

/** @throws PermanentError `malformed`; what JSON.parse says would quote the secret */
function keyOf(text: string, key: string, name: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PermanentError('malformed', `${name}: expected an object with the key ${key}, got no JSON`);
  }
  const isMap = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  const found = isMap ? (value as Record<string, unknown>)[key] : undefined;
  if (typeof found === 'string') return found;
  throw new PermanentError('notFound', `${name}: expected a text under the key ${key}, got none`);
}

function checked(text: string, name: string): string {
  // A line end is what an editor leaves behind.
  const secret = text.replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new PermanentError('malformed', `${name}: expected a text, got an empty one`);
}

const NOT_FOUND = /^(ResourceNotFoundException|ParameterNotFound)$/;
const UNUSABLE = /^(DecryptionFailure|InvalidKeyId|InvalidRequestException|InvalidParameterException)$/;

/** The error without the cause: what a client keeps of an answer must not be logged. */
function failureOf(error: unknown, name: string): RetryableError | PermanentError {
  const what = error instanceof Error ? error.name : 'Error';
  if (error instanceof PermanentError) return error;
  if (NOT_FOUND.test(what)) return new PermanentError('notFound', `${name} does not exist in this Region`);
  if (UNUSABLE.test(what)) return new PermanentError('rejected', `${name} cannot be read: ${what}`);
  const failure = sdkFailure(error, 'read');
  const message = `${name} cannot be read: ${what}`;
  return failure instanceof RetryableError
    ? new RetryableError(failure.reason, message)
    : new PermanentError(failure.reason, message);
}
