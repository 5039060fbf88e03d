// The stores of the metrics exporters at the wire: what only shows there.
import { describe, expect, test } from 'vitest';
import { DynamoOperationStore } from '../../lib/aws/operation-store.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { DynamoSeriesStore } from '../../lib/aws/series-store.ts';
import { answer, refusal, ScriptedTransport } from './scripted-transport.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const SECONDS = NOW / 1_000;
const DAY = 86_400;
const options = () => ({
  budget: new RetryBudget(),
  now: () => NOW,
  random: () => 0,
  sleep: async () => undefined,
});

describe('series baselines', () => {
  const store = (transport: ScriptedTransport) => new DynamoSeriesStore('state', transport, options());
  const row = (sk: string, fields: object = {}) => ({
    pk: { S: 'series#r' },
    sk: { S: sk },
    expiresAt: { N: String(SECONDS + 2 * DAY) },
    ...fields,
  });
  const commit = { shard: 'r', before: 3, content: { kind: 'split' as const }, children: [], moves: [] };

  test('that expired count as absent, whether or not they were deleted yet', async () => {
    const expiresAt = { N: String(SECONDS - 1) };
    const transport = new ScriptedTransport(
      answer({
        Responses: {
          state: [
            row('series', { expiresAt, version: { N: '3' } }),
            row('move#a', { expiresAt, data: { B: 'AA==' } }),
          ],
        },
      }),
    );
    expect(await store(transport).load('r', ['a'])).toEqual({ shard: undefined, moves: [undefined] });
  });

  test('fade when less than half of their life is left', async () => {
    const mark = row('series', { version: { N: '3' }, expiresAt: { N: String(SECONDS + 29 * DAY) } });
    const transport = new ScriptedTransport(answer({ Responses: { state: [mark] } }));
    expect((await store(transport).load('r', [])).shard).toEqual({
      content: { kind: 'split' },
      version: 3,
      fading: true,
    });
  });

  test('lose against another instance: a condition that failed, or a transaction that got in the way', async () => {
    for (const Code of ['ConditionalCheckFailed', 'TransactionConflict']) {
      const CancellationReasons = [{ Code: 'None' }, { Code }];
      const transport = new ScriptedTransport(
        refusal('TransactionCanceledException', { CancellationReasons }),
      );
      expect(await store(transport).commit(commit)).toBe('conflict');
    }
  });

  test('wait when the table is throttled, and say so when they are refused', async () => {
    const cancelled = (Code: string) =>
      new ScriptedTransport(refusal('TransactionCanceledException', { CancellationReasons: [{ Code }] }));
    await expect(store(cancelled('ThrottlingError')).commit(commit)).rejects.toMatchObject({
      reason: 'throttled',
    });
    await expect(store(cancelled('ValidationError')).commit(commit)).rejects.toMatchObject({
      reason: 'rejected',
    });
  });

  test('are written with a condition on the version and a time to live', async () => {
    const transport = new ScriptedTransport(answer({}));
    await store(transport).commit({ ...commit, moves: [{ ingestId: 'a', data: Uint8Array.of(1) }] });
    expect(transport.calls[0]!.request).toEqual({
      TransactItems: [
        {
          Put: {
            TableName: 'state',
            Item: row('series', { expiresAt: { N: String(SECONDS + 60 * DAY) }, version: { N: '4' } }),
            ConditionExpression: 'version = :before',
            ExpressionAttributeValues: { ':before': { N: '3' } },
          },
        },
        {
          Put: {
            TableName: 'state',
            Item: row('move#a', { expiresAt: { N: String(SECONDS + 30 * DAY) }, data: { B: 'AQ==' } }),
            ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': { N: String(SECONDS) } },
          },
        },
      ],
    });
  });
});

describe('operation names', () => {
  const owner = { tenant: 'default', service: 'shop', kind: 'operations' } as const;
  const store = (transport: ScriptedTransport) => new DynamoOperationStore('state', transport, options());

  test('of a row that expired start anew on its version', async () => {
    const Item = {
      names: { S: '[["a",1]]' },
      version: { N: '7' },
      expiresAt: { N: String(SECONDS - 1) },
    };
    const transport = new ScriptedTransport(answer({ Item }));
    expect(await store(transport).load(owner)).toEqual({ days: new Map(), version: 7 });
  });

  test('lose against another instance', async () => {
    const transport = new ScriptedTransport(refusal('ConditionalCheckFailedException'));
    expect(await store(transport).save(owner, { days: new Map(), version: 1 })).toBe('conflict');
  });
});
