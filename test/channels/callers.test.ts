// Who calls the API without a key: Slack, PagerDuty and SNS, each believed by its signature only.
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ApiRequest } from '../../lib/api/route.ts';
import { callerPorts } from '../../lib/channels/callers.ts';
import type { HttpRequest } from '../../lib/channels/ports.ts';
import { snsRoutes } from '../../lib/channels/sns-route.ts';
import { type SnsMessage, signedText } from '../../lib/channels/sns-signature.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import { selfSigned } from '../support/self-signed.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');

function request(body: string, headers: Record<string, string> = {}): ApiRequest {
  return {
    method: 'POST',
    path: '/',
    parameters: {},
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(body),
    caller: undefined,
    baseUrl: '',
    now: NOW,
  };
}

const asked: HttpRequest[] = [];
const http = {
  send: async (one: HttpRequest) => {
    asked.push(one);
    return { status: 200, headers: {}, body: '' };
  },
};
const secrets = { read: async () => 'sesame', forget: () => undefined };

describe('callers', () => {
  const ports = callerPorts(
    { slackSigningSecret: { secret: 'slack' }, pagerDutyWebhookSecret: { secret: 'pd' } },
    secrets,
    http,
  );
  const hmac = (text: string) => createHmac('sha256', 'sesame').update(text).digest('hex');

  test('that are Slack are believed once', async () => {
    const timestamp = String(NOW / 1_000);
    const signed = request('payload=x', {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hmac(`v0:${timestamp}:payload=x`)}`,
    });
    expect(await ports.isFromSlack!(signed)).toBe(true);
    expect(await ports.isFromSlack!(signed)).toBe(false);
    expect(await ports.isFromSlack!(request('payload=y', signed.headers))).toBe(false);
    expect(await ports.isFromSlack!(request('payload=x'))).toBe(false);
  });

  test('that are PagerDuty are believed, and nobody else', async () => {
    const headers = { 'x-pagerduty-signature': `v1=${hmac('{}')}` };
    expect(await ports.isFromPagerDuty!(request('{}', headers))).toBe(true);
    expect(await ports.isFromPagerDuty!(request('{ }', headers))).toBe(false);
  });

  test('whose secret is not configured cannot be asked', () => {
    const none = callerPorts({}, secrets, http);
    expect([none.isFromSlack, none.isFromPagerDuty]).toEqual([undefined, undefined]);
  });

  test('a reply in Slack that fails fails nothing', async () => {
    const broken = { send: async () => Promise.reject(new RetryableError('unavailable', 'gone')) };
    await callerPorts({}, secrets, broken).replyInSlack('https://hooks.slack.com/x', 'done');
  });
});

describe('POST /sns', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = selfSigned(privateKey, publicKey, {
    from: new Date('2026-01-01T00:00:00Z'),
    to: new Date('2027-01-01T00:00:00Z'),
  });
  const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
  const taken: string[] = [];
  const [route] = snsRoutes({
    topicArns: [topic],
    certificates: async () => pem,
    http,
    take: async ({ Message }) => {
      taken.push(Message);
      return ['noLabels'];
    },
  });
  const post = (change: Partial<SnsMessage>, signature?: string) => {
    const message: SnsMessage = {
      Type: 'Notification',
      MessageId: 'm-1',
      TopicArn: topic,
      Message: 'hello',
      Timestamp: '2026-06-01T11:59:30.000Z',
      SignatureVersion: '2',
      Signature: '',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem',
      ...change,
    };
    const sign = createSign('RSA-SHA256').update(signedText(message), 'utf8').sign(privateKey, 'base64');
    return route!.handle(request(JSON.stringify({ ...message, Signature: signature ?? sign })));
  };
  const subscription = {
    Type: 'SubscriptionConfirmation',
    Token: 't',
    SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t',
  } as const;

  test('hands a message of a known topic on, and counts what was refused of it', async () => {
    expect(await post({})).toEqual({
      status: 200,
      counts: [{ name: 'rejectedAlerts', count: 1, reason: 'noLabels' }],
    });
    expect(taken).toEqual(['hello']);
  });

  test('confirms a subscription at SNS only', async () => {
    asked.length = 0;
    expect((await post(subscription)).status).toBe(200);
    expect(asked.map(({ method, url }) => [method, url])).toEqual([['GET', subscription.SubscribeURL]]);
    expect((await post({ ...subscription, SubscribeURL: 'https://evil.example/' })).status).toBe(400);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['a wrong signature', {}, Buffer.from('x').toString('base64'), 'mismatch'],
    ['another topic', { TopicArn: `${topic}-2` }, undefined, 'unknownTopic'],
    ['an old message', { Timestamp: '2026-06-01T10:00:00.000Z' }, undefined, 'expired'],
    ['a certificate of somebody', { SigningCertURL: 'https://evil.example/a.pem' }, undefined, 'malformed'],
  ])('does not believe %s', async (_, change, signature, reason) => {
    const before = taken.length;
    const { status, counts } = await post(change, signature);
    expect([status, counts?.[0]?.reason, taken.length]).toEqual([403, reason, before]);
  });

  test('refuses what is no message', async () => {
    expect((await route!.handle(request('{}'))).status).toBe(400);
  });

  test('is not there without topics', () => {
    expect(snsRoutes({ topicArns: [], certificates: async () => pem, http, take: async () => [] })).toEqual(
      [],
    );
  });
});
