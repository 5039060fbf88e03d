// Region and credentials as the SDK finds them (profiles, single sign-on, roles), as the environment that the signed
// client reads: for the command line, which runs where people log in.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Environment } from './credentials.ts';

/** @throws what the SDK throws when there are no credentials or no Region */
export async function sdkEnvironment(): Promise<Environment> {
  const { config } = new DynamoDBClient();
  const [region, credentials] = await Promise.all([config.region(), config.credentials()]);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    ...process.env,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}
