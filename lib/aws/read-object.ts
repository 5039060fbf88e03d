// One object of S3 for the command line, which has profiles and other ways to its credentials.
import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { sdkFailure } from './sdk-failure.ts';

/** @returns undefined when there is no such object */
export async function readObject(
  bucket: string,
  key: string,
  client: S3Client = new S3Client(),
): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw sdkFailure(error, `GetObject ${key}`);
  }
}
