// Calls from outside: known vectors are taken, forgeries and replays are not.
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ReplayGuard,
  SIGNATURE_WINDOW_MS,
  verifyPagerDuty,
  verifySlack,
  verifyTidewatch,
} from '../../lib/channels/signatures.ts';
import {
  isSnsAddress,
  readSnsMessage,
  type SnsMessage,
  SnsVerifier,
  signedText,
} from '../../lib/channels/sns-signature.ts';
import { signBody } from '../../lib/channels/webhook.ts';
import { selfSigned } from '../support/self-signed.ts';

/** The example of docs.slack.dev/authentication/verifying-requests-from-slack. */
const SLACK_EXAMPLE = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  body:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=' +
    'foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks' +
    '.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121' +
    '.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};
const SLACK_NOW = Number(SLACK_EXAMPLE.timestamp) * 1_000;

describe('Slack', () => {
  const { secret, ...call } = SLACK_EXAMPLE;

  test('takes the example of its documentation', () => {
    expect(verifySlack(call, [secret], SLACK_NOW)).toEqual({ ok: true, id: call.signature });
    expect(verifySlack({ ...call, body: Buffer.from(call.body) }, [secret], SLACK_NOW).ok).toBe(true);
  });

  test.each([
    ['no signature', { ...call, signature: undefined }, SLACK_NOW, 'missing'],
    ['no timestamp', { ...call, timestamp: undefined }, SLACK_NOW, 'missing'],
    ['a timestamp that is no number', { ...call, timestamp: '15314206.18' }, SLACK_NOW, 'malformed'],
    ['a signature that is cut', { ...call, signature: call.signature.slice(0, -2) }, SLACK_NOW, 'malformed'],
    ['another version', { ...call, signature: call.signature.replace('v0', 'v1') }, SLACK_NOW, 'malformed'],
    ['a call of six minutes ago', call, SLACK_NOW + SIGNATURE_WINDOW_MS + 60_000, 'expired'],
    ['a call of the future', call, SLACK_NOW - SIGNATURE_WINDOW_MS - 60_000, 'expired'],
    ['another body', { ...call, body: `${call.body} ` }, SLACK_NOW, 'mismatch'],
  ])('refuses %s', (_, forged, now, fault) => {
    expect(verifySlack(forged, [secret], now)).toEqual({ ok: false, fault });
  });

  test('refuses another secret, no secret and an empty one', () => {
    for (const secrets of [['another'], [], ['']]) {
      expect(verifySlack(call, secrets, SLACK_NOW)).toEqual({ ok: false, fault: 'mismatch' });
    }
    const text = `v0:${call.timestamp}:${call.body}`;
    const signature = `v0=${createHmac('sha256', '').update(text).digest('hex')}`;
    expect(verifySlack({ ...call, signature }, [''], SLACK_NOW).ok).toBe(false);
  });

  test('takes either secret while one replaces the other', () => {
    expect(verifySlack(call, ['new', secret], SLACK_NOW).ok).toBe(true);
  });

  test('a flipped bit anywhere in body, time or signature fails', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ minLength: 1 }),
        fc.nat(),
        fc.constantFrom('body', 'timestamp', 'signature'),
        (body, key, place, where) => {
          const timestamp = '1700000000';
          const signature = `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
          const parts = {
            body: Buffer.from(body),
            timestamp: Buffer.from(timestamp),
            signature: Buffer.from(signature),
          };
          const bytes = parts[where];
          fc.pre(bytes.byteLength > 0);
          const bit = place % (bytes.byteLength * 8);
          bytes[bit >> 3]! ^= 1 << (bit & 7);
          const forged = {
            body: parts.body,
            timestamp: parts.timestamp.toString('latin1'),
            signature: parts.signature.toString('latin1'),
          };
          expect(verifySlack(forged, [key], 1_700_000_000_000).ok).toBe(false);
        },
      ),
    );
  });

  test('a call that is sent again is refused, until nobody would take it any more', () => {
    const guard = new ReplayGuard();
    const check = verifySlack(call, [secret], SLACK_NOW);
    expect(guard.once(check, SLACK_NOW)).toEqual(check);
    expect(guard.once(check, SLACK_NOW + 1_000)).toEqual({ ok: false, fault: 'replayed' });
    expect(guard.once({ ok: false, fault: 'mismatch' }, SLACK_NOW)).toEqual({ ok: false, fault: 'mismatch' });
  });

  test('the memory of calls stays small', () => {
    const guard = new ReplayGuard(3);
    for (const id of ['a', 'b', 'c', 'd', 'e']) guard.once({ ok: true, id }, 0);
    expect(guard.once({ ok: true, id: 'e' }, 1)).toEqual({ ok: false, fault: 'replayed' });
    expect(guard.once({ ok: true, id: 'a' }, 1).ok).toBe(true);
  });
});

describe('PagerDuty', () => {
  const body = '{"event":{"id":"01BYYX7QUNK6PMQ4Q1","event_type":"incident.acknowledged"}}';
  const sign = (secret: string, text = body) =>
    `v1=${createHmac('sha256', secret).update(text).digest('hex')}`;

  test('takes one signature of several', () => {
    const header = `${sign('old')}, v2=abc,${sign('new')}`;
    expect(verifyPagerDuty(header, body, ['new']).ok).toBe(true);
  });

  test.each([
    ['no header', undefined, 'missing'],
    ['a header of other versions only', 'v2=abc', 'malformed'],
    ['a signature by another secret', sign('another'), 'mismatch'],
    ['the signature of another body', sign('secret', `${body} `), 'mismatch'],
  ])('refuses %s', (_, header, fault) => {
    expect(verifyPagerDuty(header, body, ['secret'])).toEqual({ ok: false, fault });
  });

  test('a flipped bit of the body or the signature fails', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 99 }),
        fc.nat(),
        fc.boolean(),
        (raw, place, inBody) => {
          const header = Buffer.from(`v1=${createHmac('sha256', 'k').update(raw).digest('hex')}`);
          const bytes = inBody ? Buffer.from(raw) : header;
          const text = inBody ? bytes : Buffer.from(raw);
          const bit = place % (bytes.byteLength * 8);
          bytes[bit >> 3]! ^= 1 << (bit & 7);
          expect(verifyPagerDuty(header.toString('latin1'), text, ['k']).ok).toBe(false);
        },
      ),
    );
  });
});

describe('our own webhooks', () => {
  test('what is signed is believed, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), (body, secret) => {
        const now = 1_700_000_000_000;
        const header = signBody(body, secret, now);
        expect(verifyTidewatch(header, body, [secret], now).ok).toBe(true);
        expect(verifyTidewatch(header, `${body}.`, [secret], now).ok).toBe(false);
        expect(verifyTidewatch(header, body, [`${secret}.`], now).ok).toBe(false);
        expect(verifyTidewatch(header, body, [secret], now + 600_000)).toEqual({
          ok: false,
          fault: 'expired',
        });
      }),
    );
  });
});

describe('SNS', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const now = Date.parse('2026-06-01T12:00:00Z');
  const pem = selfSigned(privateKey, publicKey, {
    from: new Date('2026-01-01T00:00:00Z'),
    to: new Date('2027-01-01T00:00:00Z'),
  });
  const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
  const fetched: string[] = [];
  const verifier = () =>
    new SnsVerifier({
      certificates: async (url) => {
        fetched.push(url);
        return pem;
      },
      topicArns: [topic],
    });
  const signed = (change: Partial<SnsMessage> = {}): SnsMessage => {
    const message: SnsMessage = {
      Type: 'Notification',
      MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
      TopicArn: topic,
      Subject: 'ALARM: "shop"',
      Message: '{"AlarmName":"shop"}\nß',
      Timestamp: '2026-06-01T11:59:30.000Z',
      SignatureVersion: '2',
      Signature: '',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem',
      ...change,
    };
    const hash = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
    const signature = createSign(hash).update(signedText(message), 'utf8').sign(privateKey, 'base64');
    return { ...message, Signature: signature };
  };

  test.each([
    ['version 2', {}],
    ['version 1', { SignatureVersion: '1' }],
    [
      'a confirmation',
      {
        Type: 'SubscriptionConfirmation' as const,
        Token: 'abc',
        SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription',
      },
    ],
  ])('takes a message of %s', async (_, change) => {
    const message = signed(change);
    expect(readSnsMessage(JSON.stringify(message))).toEqual(message);
    expect(await verifier().verify(message, now)).toEqual({ ok: true, id: message.MessageId });
  });

  test('takes a message without a subject', async () => {
    const { Subject: _, ...rest } = signed();
    const message = { ...rest, Signature: '' };
    const signature = createSign('RSA-SHA256').update(signedText(message), 'utf8').sign(privateKey, 'base64');
    expect((await verifier().verify({ ...message, Signature: signature }, now)).ok).toBe(true);
  });

  test.each([
    ['another text', { Message: '{"AlarmName":"bank"}' }, 'mismatch'],
    ['another topic', { TopicArn: `${topic}2` }, 'mismatch'],
    ['an unknown version', { SignatureVersion: '3' }, 'malformed'],
    ['a certificate of somebody else', { SigningCertURL: 'https://sns.evil.com/x.pem' }, 'malformed'],
    [
      'a host that only ends alike',
      { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.com/x.pem' },
      'malformed',
    ],
    [
      'a bucket that anybody can have',
      { SigningCertURL: 'https://sns.s3.eu-west-1.amazonaws.com/x.pem' },
      'malformed',
    ],
    [
      'a certificate without TLS',
      { SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/x.pem' },
      'malformed',
    ],
    [
      'an address with a user',
      { SigningCertURL: 'https://a@sns.eu-west-1.amazonaws.com/x.pem' },
      'malformed',
    ],
    ['an old message', { Timestamp: '2026-06-01T09:00:00.000Z' }, 'expired'],
    ['a time that is none', { Timestamp: 'yesterday' }, 'expired'],
  ])('refuses %s', async (_, change, fault) => {
    expect(await verifier().verify({ ...signed(), ...change }, now)).toEqual({ ok: false, fault });
  });

  test('refuses a topic that is not ours, although SNS signed it', async () => {
    const message = signed({ TopicArn: 'arn:aws:sns:eu-west-1:999999999999:evil' });
    expect(await verifier().verify(message, now)).toEqual({ ok: false, fault: 'unknownTopic' });
  });

  test('refuses a certificate that has ended, and what is none', async () => {
    const late = Date.parse('2027-02-01T00:00:00Z');
    const message = signed({ Timestamp: '2027-02-01T00:00:00.000Z' });
    expect(await verifier().verify(message, late)).toEqual({ ok: false, fault: 'expired' });
    const broken = new SnsVerifier({ certificates: async () => '<html>', topicArns: [topic] });
    expect(await broken.verify(signed(), now)).toEqual({ ok: false, fault: 'malformed' });
  });

  test('refuses another spelling of the same signature', async () => {
    const message = signed();
    const spelled = message.Signature.replace(/.(?===$)/, (last) =>
      String.fromCharCode(last.charCodeAt(0) + 1),
    );
    expect(Buffer.from(spelled, 'base64')).toEqual(Buffer.from(message.Signature, 'base64'));
    expect(await verifier().verify({ ...message, Signature: spelled }, now)).toEqual({
      ok: false,
      fault: 'malformed',
    });
  });

  test('brings a certificate once', async () => {
    const one = verifier();
    fetched.length = 0;
    await one.verify(signed(), now);
    await one.verify(signed({ Message: 'again' }), now);
    expect(fetched).toHaveLength(1);
  });

  test('a flipped bit of what is signed or of the signature fails', async () => {
    const one = verifier();
    const message = signed();
    const names = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Signature'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), async (name, place) => {
        const bytes = Buffer.from(message[name]!, 'utf8');
        const bit = place % (bytes.byteLength * 8);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect((await one.verify({ ...message, [name]: bytes.toString('latin1') }, now)).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('reads nothing else as a message', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readSnsMessage(text)).toBeUndefined();
      }),
    );
    expect(readSnsMessage(JSON.stringify({ ...signed(), Type: 'toString' }))).toBeUndefined();
  });

  test.each([
    ['https://sns.us-east-1.amazonaws.com/a.pem', true],
    ['https://sns.cn-north-1.amazonaws.com.cn/a.pem', true],
    ['https://sns.us-east-1.amazonaws.com:8443/a.pem', false],
    ['https://xsns.us-east-1.amazonaws.com/a.pem', false],
    ['no address', false],
  ])('an address of SNS: %s is %s', (url, expected) => {
    expect(isSnsAddress(url)).toBe(expected);
  });
});
