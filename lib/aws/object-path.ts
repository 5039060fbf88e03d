// The path of an S3 object in a request of the signed client.

/** @returns path-style address, each part percent-encoded as S3 signs it @example objectPath('b', 'a/tenant=x') // '/b/a/tenant%3Dx' */
export function objectPath(bucket: string, key: string): string {
  const parts = [bucket, ...key.split('/')].map((part) =>
    encodeURIComponent(part).replace(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
  return `/${parts.join('/')}`;
}
