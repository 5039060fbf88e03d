// The receiver's ports on AWS, against a loopback server that checks every signature.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyTableLookup } from '../../lib/aws/key-lookup.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { S3Writer } from '../../lib/aws/s3-writer.ts';
import { createSignedClient } from '../../lib/aws/signed-client.ts';
import { SqsSender } from '../../lib/aws/sqs-sender.ts';
import { type LoopbackAws, type Reply, startLoopbackAws } from './loopback-aws.ts';

let aws: LoopbackAws;
beforeEach(async () => {
  aws = await startLoopbackAws();
});
afterEach(() => aws.close());

const NOW_MS = 1_800_000_000_000;

function setUp() {
  const transport = createSignedClient({ env: aws.env });
  const options = { budget: new RetryBudget(), sleep: async () => {}, now: () => NOW_MS };
  const deadlineMs = NOW_MS + 5_000;
  return {
    deadlineMs,
    keys: new KeyTableLookup('state', transport, options),
    queue: new SqsSender('https://sqs.eu-central-1.amazonaws.com/1/telemetry', transport, options),
    bodies: new S3Writer('archive', transport, options),
  };
}

function json(value: object, status = 200): Reply {
  return { status, body: JSON.stringify(value) };
}

/** Replies one after the other; the last one repeats. */
function script(...replies: (Reply | 'hang' | 'reset')[]): void {
  aws.behave = () => replies[Math.min(aws.received.length, replies.length) - 1]!;
}

describe('KeyTableLookup', () => {
  const ITEM = {
    pk: { S: 'key#abc' },
    sk: { S: 'key' },
    hash: { S: 'f'.repeat(64) },
    tenant: { S: 'acme' },
    scopes: { SS: ['ingest:traces', 'of:a:newer:version'] },
    name: { S: 'shop' },
    createdAt: { N: '5' },
  };

  it('reads one row consistently', async () => {
    script(json({ Item: ITEM }));
    const { keys, deadlineMs } = setUp();
    expect(await keys.find('abc', deadlineMs)).toEqual({
      id: 'abc',
      hash: 'f'.repeat(64),
      tenant: 'acme',
      scopes: ['ingest:traces'],
      name: 'shop',
      createdAt: 5,
    });
    const [request] = aws.received;
    expect(request).toMatchObject({ service: 'dynamodb', signatureMatches: true });
    expect(request!.headers['x-amz-target']).toBe('DynamoDB_20120810.GetItem');
    expect(JSON.parse(request!.body.toString())).toEqual({
      TableName: 'state',
      Key: { pk: { S: 'key#abc' }, sk: { S: 'key' } },
      ConsistentRead: true,
    });
  });

  it.each<[string, object, object | undefined]>([
    ['no row', {}, undefined],
    ['an expired row', { Item: { ...ITEM, expiresAt: { N: String(NOW_MS / 1_000) } } }, undefined],
    ['a row without a hash', { Item: { tenant: { S: 'x' } } }, undefined],
    [
      'a row that expires later',
      { Item: { ...ITEM, expiresAt: { N: String(NOW_MS / 1_000 + 1) } } },
      { tenant: 'acme' },
    ],
    ['a revoked key', { Item: { ...ITEM, revokedAt: { N: '7' } } }, { revokedAt: 7 }],
  ])('takes %s for what it is', async (_, reply, expected) => {
    script(json(reply));
    const { keys, deadlineMs } = setUp();
    const found = await keys.find('abc', deadlineMs);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it('asks again when the table is throttled', async () => {
    script(json({ __type: 'x#ProvisionedThroughputExceededException' }, 400), json({ Item: ITEM }));
    const { keys, deadlineMs } = setUp();
    expect(await keys.find('abc', deadlineMs)).toMatchObject({ tenant: 'acme' });
  });

  it('says denied when it may not read', async () => {
    script(json({ __type: 'x#AccessDeniedException' }, 400));
    const { keys, deadlineMs } = setUp();
    await expect(keys.find('abc', deadlineMs)).rejects.toMatchObject({ reason: 'denied' });
  });
});

describe('SqsSender', () => {
  it('sends the text as one message', async () => {
    script(json({ MessageId: '1' }));
    const { queue, deadlineMs } = setUp();
    await queue.send('{"a":"ü"}', deadlineMs);
    const [request] = aws.received;
    expect(request).toMatchObject({ service: 'sqs', signatureMatches: true });
    expect(request!.headers).toMatchObject({
      'x-amz-target': 'AmazonSQS.SendMessage',
      'content-type': 'application/x-amz-json-1.0',
    });
    expect(JSON.parse(request!.body.toString())).toEqual({
      QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/1/telemetry',
      MessageBody: '{"a":"ü"}',
    });
  });

  it('sends again after a lost answer: the ingest id tells the two apart', async () => {
    script('reset', json({}, 500), json({ MessageId: '1' }));
    const { queue, deadlineMs } = setUp();
    await queue.send('x', deadlineMs);
    expect(aws.received).toHaveLength(3);
  });

  it('gives up with what the queue said last', async () => {
    script(json({ __type: 'x#RequestThrottled' }, 400));
    const { queue, deadlineMs } = setUp();
    await expect(queue.send('x', deadlineMs)).rejects.toMatchObject({
      name: 'RetryableError',
      reason: 'throttled',
    });
  });

  it('sends nothing when there is no time left', async () => {
    const { queue } = setUp();
    await expect(queue.send('x', NOW_MS)).rejects.toMatchObject({ name: 'RetryableError' });
    expect(aws.received).toHaveLength(0);
  });
});

describe('S3Writer', () => {
  it('writes the bytes under the key', async () => {
    const { bodies, deadlineMs } = setUp();
    const bytes = Buffer.from([0, 1, 255]);
    await bodies.put('pending/2026-01-01/a=b c', bytes, deadlineMs);
    expect(aws.received).toMatchObject([
      {
        service: 's3',
        method: 'PUT',
        path: '/archive/pending/2026-01-01/a%3Db%20c',
        body: bytes,
        signatureMatches: true,
      },
    ]);
  });

  it('writes again when S3 asks to slow down', async () => {
    script({ status: 503, body: '<Error><Code>SlowDown</Code></Error>' }, { status: 200 });
    const { bodies, deadlineMs } = setUp();
    await bodies.put('k', Buffer.from('x'), deadlineMs);
    expect(aws.received).toHaveLength(2);
  });

  it('says denied when S3 refuses', async () => {
    script({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' });
    const { bodies, deadlineMs } = setUp();
    await expect(bodies.put('k', Buffer.from('x'), deadlineMs)).rejects.toMatchObject({ reason: 'denied' });
  });
});
