// Brings the certificates by which SNS signs what it posts.
import type { HttpPort } from '../channels/ports.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';

const TIMEOUT_MS = 3_000;

/** @returns a source for SnsVerifier; it remembers certificates itself */
export function snsCertificates(http: HttpPort): (url: string) => Promise<string> {
  return async (url) => {
    const answer = await http.send({ method: 'GET', url, headers: {}, timeoutMs: TIMEOUT_MS });
    if (answer.status === 200) return answer.body;
    const text = `the certificate of SNS cannot be had: answered ${answer.status}`;
    if (answer.status >= 500 || answer.status === 429) throw new RetryableError('unavailable', text);
    throw new PermanentError('notFound', text);
  };
}
