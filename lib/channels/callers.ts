// Who calls the API without a key: Slack, PagerDuty and SNS sign what they post. Secrets are read when a call comes.
import type { ApiRequest } from '../api/route.ts';
import type { SecretReference } from '../model/notification.ts';
import type { HttpPort, SecretPort } from './ports.ts';
import { ReplayGuard, type SignatureCheck, verifyPagerDuty, verifySlack } from './signatures.ts';

type Check = (request: ApiRequest) => Promise<boolean>;

export interface CallerSecrets {
  readonly slackSigningSecret?: SecretReference;
  readonly pagerDutyWebhookSecret?: SecretReference;
}

export interface CallerPorts {
  readonly isFromSlack?: Check;
  readonly isFromPagerDuty?: Check;
  readonly replyInSlack: (url: string, text: string) => Promise<void>;
}

/** The checks whose secrets are configured. */
export function callerPorts(
  { slackSigningSecret, pagerDutyWebhookSecret }: CallerSecrets,
  secrets: SecretPort,
  http: HttpPort,
): CallerPorts {
  return {
    ...(slackSigningSecret && { isFromSlack: slackCaller(slackSigningSecret, secrets) }),
    ...(pagerDutyWebhookSecret && { isFromPagerDuty: pagerDutyCaller(pagerDutyWebhookSecret, secrets) }),
    replyInSlack: slackReply(http),
  };
}

const REPLY_TIMEOUT_MS = 2_000;

/** Whether Slack posted this, lately and for the first time. */
export function slackCaller(reference: SecretReference, secrets: SecretPort): Check {
  const guard = new ReplayGuard();
  return async ({ headers, body, now }) => {
    const call = {
      timestamp: headers['x-slack-request-timestamp'],
      signature: headers['x-slack-signature'],
      body,
    };
    return guard.once(verifySlack(call, [await secrets.read(reference)], now), now).ok;
  };
}

/** Whether PagerDuty posted this. It may come again: what it asks for is the same then. */
export function pagerDutyCaller(reference: SecretReference, secrets: SecretPort): Check {
  return async ({ headers, body }) => {
    const check: SignatureCheck = verifyPagerDuty(headers['x-pagerduty-signature'], body, [
      await secrets.read(reference),
    ]);
    return check.ok;
  };
}

/** Answers where a button of Slack was pressed; what Slack says to that changes nothing. */
export function slackReply(http: HttpPort): (url: string, text: string) => Promise<void> {
  return async (url, text) => {
    const body = JSON.stringify({ text, response_type: 'ephemeral', replace_original: false });
    const headers = { 'content-type': 'application/json' };
    await http
      .send({ method: 'POST', url, headers, body, timeoutMs: REPLY_TIMEOUT_MS })
      .catch(() => undefined);
  };
}
