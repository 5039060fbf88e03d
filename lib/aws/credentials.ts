// Credentials for the signed client, from the environment variables that Lambda sets for a function's role.
import { RetryableError } from '../model/errors.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present for every temporary credential, so always in Lambda. */
  readonly sessionToken: string | undefined;
}

/** The environment variables a caller hands in; `process.env` fits. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the credentials anew, because a long-lived process may be given fresh ones.
 * @throws RetryableError `credentials` when they are not there
 */
export function credentialsFrom(env: Environment): Credentials {
  const accessKeyId = env.AWS_ACCESS_KEY_ID;
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY;
  if (!accessKeyId || !secretAccessKey) {
    throw new RetryableError('credentials', 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
  }
  return { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined };
}
