// `POST /sns`: topics that are subscribed to the API. A subscription is confirmed, and a message handed on, only if SNS
// signed it and the topic is one of the configuration.
import type { ApiRequest, ApiResponse, ApiRoute } from '../api/route.ts';
import type { HttpPort } from './ports.ts';
import {
  type CertificateSource,
  isSnsAddress,
  readSnsMessage,
  type SnsMessage,
  SnsVerifier,
} from './sns-signature.ts';

export interface SnsPorts {
  readonly topicArns: readonly string[];
  readonly certificates: CertificateSource;
  readonly http: HttpPort;
  /** Takes a verified message. @returns reasons of what it refused */
  readonly take: (message: SnsMessage, now: number) => Promise<readonly string[]>;
}

const CONFIRM_TIMEOUT_MS = 5_000;

/** Empty where no topic is configured. */
export function snsRoutes(ports: SnsPorts): readonly ApiRoute[] {
  const { topicArns, certificates, http } = ports;
  if (topicArns.length === 0) return [];
  const verifier = new SnsVerifier({ certificates, topicArns });
  const take = async ({ body, now }: ApiRequest): Promise<ApiResponse> => {
    const message = readSnsMessage(body.toString('utf8'));
    if (message === undefined) return refused(400, 'malformed', 'expected a message of SNS as JSON');
    const check = await verifier.verify(message, now);
    if (!check.ok) return refused(403, check.fault, `the message is not believed: ${check.fault}`);
    if (message.Type === 'SubscriptionConfirmation') return confirm(message.SubscribeURL ?? '', http);
    if (message.Type === 'UnsubscribeConfirmation') return { status: 200 };
    const rejected = await ports.take(message, now);
    return { status: 200, counts: rejected.map((reason) => ({ name: 'rejectedAlerts', count: 1, reason })) };
  };
  return [{ method: 'POST', path: '/sns', scope: 'public', handle: take }];
}

async function confirm(url: string, http: HttpPort): Promise<ApiResponse> {
  if (!isSnsAddress(url)) return refused(400, 'malformed', 'the address to confirm is none of SNS');
  const { status } = await http.send({ method: 'GET', url, headers: {}, timeoutMs: CONFIRM_TIMEOUT_MS });
  return status < 300 ? { status: 200 } : refused(502, 'notConfirmed', `SNS answered ${status}`);
}

function refused(status: number, reason: string, error: string): ApiResponse {
  return {
    status,
    body: JSON.stringify({ error, reason }),
    counts: [{ name: 'refusedRequests', count: 1, reason }],
  };
}
