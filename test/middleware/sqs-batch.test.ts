// The SQS frame around export-telemetry: deliveries in, failed messages out.
import middy from '@middy/core';
import { expect, test } from 'vitest';
import { type SqsBatch, sqsBatch } from '../../lib/middleware/sqs-batch.ts';

const EVENT = {
  Records: [
    { messageId: 'a', receiptHandle: 'ra', body: '1', attributes: { ApproximateReceiveCount: '1' } },
    { messageId: 'b', receiptHandle: 'rb', body: '2', attributes: { ApproximateReceiveCount: '12' } },
  ],
};

test('hands deliveries and a deadline over, answers with what failed, writes log and counters', async () => {
  let written = '';
  let seen: SqsBatch | undefined;
  const handler = middy<SqsBatch>()
    .use(sqsBatch({ reserveMs: 8_000, now: () => 1_000_000, write: (text) => (written += text) }))
    .handler((batch: SqsBatch) => {
      seen = batch;
      return {
        failedMessageIds: ['b'],
        log: ['b goes back'],
        counters: { toEmf: (now: number) => `emf ${now}\n` },
      };
    });
  const context = { getRemainingTimeInMillis: () => 60_000 };
  expect(await handler(EVENT as never, context as never)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'b' }],
  });
  expect(seen).toEqual({
    records: [
      { messageId: 'a', receiptHandle: 'ra', body: '1', receiveCount: 1 },
      { messageId: 'b', receiptHandle: 'rb', body: '2', receiveCount: 12 },
    ],
    deadlineMs: 1_052_000,
  });
  expect(written).toBe('{"level":"warn","message":"b goes back"}\nemf 1000000\n');
});
