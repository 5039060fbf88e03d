// The stores behind export-telemetry, at the wire: what they ask, and what they make of each answer.
import { describe, expect, test } from 'vitest';
import { S3BodyStore } from '../../lib/aws/body-store.ts';
import { DynamoLogGroupStore } from '../../lib/aws/log-group-store.ts';
import { objectPath } from '../../lib/aws/object-path.ts';
import { DynamoProgressStore } from '../../lib/aws/progress-store.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { SqsTelemetryQueue } from '../../lib/aws/telemetry-queue.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import { answer, refusal, ScriptedTransport } from './scripted-transport.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const SECONDS = NOW / 1_000;
const options = () => ({
  budget: new RetryBudget(),
  now: () => NOW,
  random: () => 0,
  sleep: async () => undefined,
});

const ID = '0123456789abcdef0123456789abcdef';
const ROW = { ingestId: ID, destination: 'cloudwatch-logs', progress: '5', version: 3 } as const;

describe('progress rows', () => {
  const store = (transport: ScriptedTransport) =>
    new DynamoProgressStore('state', transport, options(), 'me');
  const item = (fields: object = {}) => ({
    pk: { S: `progress#${ID}` },
    sk: { S: 'cloudwatch-logs' },
    progress: { S: '5' },
    version: { N: '3' },
    expiresAt: { N: String(SECONDS + 60) },
    writer: { S: 'me' },
    ...fields,
  });

  test('are read consistently; what the table had no capacity for is asked again', async () => {
    const open = { pk: { S: `progress#${ID}` }, sk: { S: 'archive' } };
    const transport = new ScriptedTransport(
      answer({ Responses: { state: [item()] }, UnprocessedKeys: { state: { Keys: [open] } } }),
      answer({ Responses: { state: [item({ sk: { S: 'archive' }, progress: { S: 'done' } })] } }),
    );
    const keys = [ROW, { ingestId: ID, destination: 'archive' as const }];
    expect(await store(transport).load(keys)).toEqual([
      ROW,
      { ...ROW, destination: 'archive', progress: 'done' },
    ]);
    expect(transport.calls.map(({ operation, request }) => [operation, request])).toEqual([
      [
        'DynamoDB_20120810.BatchGetItem',
        {
          RequestItems: {
            state: {
              Keys: [{ pk: { S: `progress#${ID}` }, sk: { S: 'cloudwatch-logs' } }, open],
              ConsistentRead: true,
            },
          },
        },
      ],
      ['DynamoDB_20120810.BatchGetItem', { RequestItems: { state: { Keys: [open], ConsistentRead: true } } }],
    ]);
  });

  test('that are expired are absent, removed or not', async () => {
    const transport = new ScriptedTransport(
      answer({ Responses: { state: [item({ expiresAt: { N: String(SECONDS) } })] } }),
    );
    expect(await store(transport).load([ROW])).toEqual([]);
  });

  test('more than 100 are read in several calls', async () => {
    const empty = answer({ Responses: { state: [] } });
    const transport = new ScriptedTransport(empty, empty);
    await store(transport).load(Array.from({ length: 130 }, () => ROW));
    const sizes = transport.calls.map(
      ({ request }) => (request.RequestItems as { state: { Keys: unknown[] } }).state.Keys.length,
    );
    expect(sizes).toEqual([100, 30]);
  });

  test('a table that reads nothing for long is throttled', async () => {
    const open = { UnprocessedKeys: { state: { Keys: [{}] } } };
    const transport = new ScriptedTransport(...Array.from({ length: 5 }, () => answer(open)));
    await expect(store(transport).load([ROW])).rejects.toMatchObject({ reason: 'throttled' });
  });

  test('are written only over the version before', async () => {
    const transport = new ScriptedTransport(answer({}), answer({}));
    expect(await store(transport).save([ROW, { ...ROW, version: 1 }])).toEqual(['saved', 'saved']);
    const [next, first] = transport.calls.map(({ request }) => request);
    expect(next).toMatchObject({
      TableName: 'state',
      Item: item({ expiresAt: { N: String(SECONDS + 30 * 86_400) } }),
      ConditionExpression: 'version = :before',
      ExpressionAttributeValues: { ':before': { N: '2' } },
    });
    expect(first).toMatchObject({
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': { N: String(SECONDS) } },
    });
  });

  test.each([
    ['another instance wrote it: conflict', item({ writer: { S: 'other' } }), 'conflict'],
    ['it is another version: conflict', item({ version: { N: '4' } }), 'conflict'],
    ['it is gone: conflict', undefined, 'conflict'],
    ['it is what we wrote and heard no answer for: saved', item(), 'saved'],
  ])('when the condition fails and %s', async (_, there, result) => {
    const transport = new ScriptedTransport(
      new RetryableError('timeout', 'no answer'),
      refusal('ConditionalCheckFailedException', { Item: there }),
    );
    expect(await store(transport).save([ROW])).toEqual([result]);
  });

  test('that cannot be written fail alone', async () => {
    const lost = () => new RetryableError('unavailable', 'no connection');
    const transport = new ScriptedTransport(...Array.from({ length: 5 }, lost));
    expect(await store(transport).save([ROW])).toEqual(['failed']);
    expect(await store(new ScriptedTransport(refusal('AccessDeniedException'))).save([ROW])).toEqual([
      'failed',
    ]);
  });
});

describe('the list of log groups', () => {
  const store = (transport: ScriptedTransport) => new DynamoLogGroupStore('state', transport, options());

  test('takes a group in while there is room', async () => {
    const transport = new ScriptedTransport(answer({}), refusal('ConditionalCheckFailedException'));
    expect(await store(transport).claim('/tidewatch/a', 500)).toBe(true);
    expect(await store(transport).claim('/tidewatch/b', 500)).toBe(false);
    expect(transport.calls[0]).toMatchObject({
      operation: 'DynamoDB_20120810.UpdateItem',
      request: {
        TableName: 'state',
        Key: { pk: { S: 'loggroups#all' }, sk: { S: 'groups' } },
        UpdateExpression: 'ADD #names :one, #unfinished :one',
        ConditionExpression: 'attribute_not_exists(#names) OR contains(#names, :name) OR size(#names) < :max',
        ExpressionAttributeValues: {
          ':one': { SS: ['/tidewatch/a'] },
          ':name': { S: '/tidewatch/a' },
          ':max': { N: '500' },
        },
      },
    });
  });

  test('knows which groups were never finished', async () => {
    const transport = new ScriptedTransport(
      answer({ Item: { unfinished: { SS: ['/x'] } } }),
      answer({}),
      answer({}),
    );
    const groups = store(transport);
    expect(await groups.unfinished()).toEqual(['/x']);
    expect(await groups.unfinished()).toEqual([]);
    await groups.finished('/x');
    expect(transport.calls[2]?.request).toMatchObject({
      UpdateExpression: 'DELETE #unfinished :one',
      ExpressionAttributeValues: { ':one': { SS: ['/x'] } },
    });
  });

  test('that may not be written says so', async () => {
    const transport = new ScriptedTransport(refusal('AccessDeniedException'));
    await expect(store(transport).claim('/a', 1)).rejects.toMatchObject({ reason: 'denied' });
  });
});

describe('the telemetry queue', () => {
  const queue = (transport: ScriptedTransport) =>
    new SqsTelemetryQueue('https://q', 'https://dlq', transport, options());

  test('gets dead letters with their reason, in characters that SQS takes', async () => {
    const transport = new ScriptedTransport(answer({ MessageId: '1' }));
    await queue(transport).sendDeadLetter({
      body: 'body',
      reason: 'malformed',
      detail: 'at\u0000byte \ud800 7',
    });
    expect(transport.calls[0]).toMatchObject({
      operation: 'AmazonSQS.SendMessage',
      request: {
        QueueUrl: 'https://dlq',
        MessageBody: 'body',
        MessageAttributes: {
          reason: { DataType: 'String', StringValue: 'malformed' },
          detail: { DataType: 'String', StringValue: 'at?byte \ufffd 7' },
        },
      },
    });
  });

  test('bounds the detail, and has no empty one', async () => {
    const transport = new ScriptedTransport(answer({}), answer({}));
    await queue(transport).sendDeadLetter({ body: 'b', reason: 'malformed', detail: 'x'.repeat(5_000) });
    await queue(transport).sendDeadLetter({ body: 'b', reason: 'malformed', detail: '' });
    const details = transport.calls.map(
      ({ request }) => (request.MessageAttributes as { detail: { StringValue: string } }).detail.StringValue,
    );
    expect(details.map((detail) => detail.length)).toEqual([1_000, 1]);
  });

  test('hides ten deliveries a call, and nobody minds when it cannot', async () => {
    const transport = new ScriptedTransport(
      answer({}),
      new RetryableError('unavailable', 'no'),
      ...Array.from({ length: 4 }, () => refusal('AccessDenied')),
    );
    const deliveries = Array.from({ length: 12 }, (_, i) => ({ receiptHandle: `h${i}`, seconds: i + 1 }));
    await queue(transport).hide(deliveries);
    expect(transport.calls[0]).toMatchObject({
      operation: 'AmazonSQS.ChangeMessageVisibilityBatch',
      request: { QueueUrl: 'https://q' },
    });
    const entries = transport.calls.map(({ request }) => request.Entries as { VisibilityTimeout: number }[]);
    expect(entries[0]).toHaveLength(10);
    expect(entries[1]).toEqual([
      { Id: '0', ReceiptHandle: 'h10', VisibilityTimeout: 11 },
      { Id: '1', ReceiptHandle: 'h11', VisibilityTimeout: 12 },
    ]);
  });
});

describe('bodies beside the queue', () => {
  const bodies = (transport: ScriptedTransport) => new S3BodyStore('bucket', transport, options());

  test('are fetched whole', async () => {
    const transport = new ScriptedTransport(answer('hello'));
    expect((await bodies(transport).load('pending/2026-11-22/a b', 5)).toString()).toBe('hello');
    expect(transport.calls[0]).toMatchObject({ operation: 'GET', path: '/bucket/pending/2026-11-22/a%20b' });
  });

  test.each([
    ['is gone', answer('<Error><Code>NoSuchKey</Code></Error>', 404), 'notFound'],
    ['is larger than it may be', answer('too long'), 'tooLarge'],
    ['may not be read', answer('<Error><Code>AccessDenied</Code></Error>', 403), 'denied'],
  ])('one that %s is an error with that reason', async (_, reply, reason) => {
    await expect(bodies(new ScriptedTransport(reply)).load('pending/x', 5)).rejects.toMatchObject({ reason });
  });
});

test('keys are encoded part by part', () => {
  expect(objectPath('bucket', "raw/tenant=a~2F/it's (1)*.zst")).toBe(
    '/bucket/raw/tenant%3Da~2F/it%27s%20%281%29%2A.zst',
  );
});
