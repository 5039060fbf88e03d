// Signs a finished body for PutTraceSegments with made-up credentials, as both ways have to before they send it.
import { signRequest } from '../../lib/aws/sigv4.ts';

/** Bodies are decompressed up to this size. */
export const MAX_BENCH_BYTES = 64 * 1024 * 1024;

const SCOPE = {
  service: 'xray',
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI', sessionToken: 'token' },
};

export function signBody(body: Buffer): void {
  const request = {
    method: 'POST',
    host: 'xray.eu-west-1.amazonaws.com',
    path: '/TraceSegments',
    headers: {},
    body,
  };
  signRequest(request, { ...SCOPE, nowMs: Date.now() });
}
