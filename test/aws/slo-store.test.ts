// Rows of SLOs that another version wrote; all else is in the suite of the store on DynamoDB.
import { describe, expect, test } from 'vitest';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { DynamoSloStore } from '../../lib/aws/slo-store.ts';
import { answer, ScriptedTransport } from './scripted-transport.ts';

const expiresAt = { N: '99999999999' };

describe('a row of an SLO', () => {
  test('of another version is read as far as it is known, and keeps no other from being read', async () => {
    const rows = [
      { pk: { S: 'slo#later' }, sk: { S: 'state' }, body: { S: '{"remaining":1}' }, at: { N: '60000' } },
      { pk: { S: 'slo#short' }, sk: { S: 'state' }, body: { S: '[0.5]' }, version: { N: '7' } },
    ].map((row) => ({ ...row, expiresAt }));
    const transport = new ScriptedTransport(answer({ Responses: { table: rows } }));
    const store = new DynamoSloStore('table', transport, { budget: new RetryBudget() });
    const found = await store.load(['later', 'short']);
    expect(found.get('later')).toMatchObject({ version: 0, at: 60_000, state: '', outbox: '' });
    expect(found.get('later')!.status).toMatchObject({ remaining: 1, measuredTo: 60_000, firing: [] });
    expect(found.get('short')).toMatchObject({ version: 7, status: { budgetState: 'healthy' } });
  });
});
