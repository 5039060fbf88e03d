// An event of EventBridge that tells of a deployment → a change in the state table, for detect-anomalies to name.
import middy from '@middy/core';
import { type ChangeEvent, changeOf } from '../lib/anomaly/changes/change-event.ts';
import { DynamoChangeRecorder } from '../lib/aws/change-recorder.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { resource } from '../lib/config/runtime.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';

const write = (text: string) => process.stdout.write(text);
const recorder = new DynamoChangeRecorder(resource('stateTable'), createSignedClient(), {
  budget: new RetryBudget(),
});

export const handler = middy()
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'changes', write, now: Date.now }))
  .handler(async (event: unknown) => {
    const change = changeOf(event as ChangeEvent);
    if (change === undefined) {
      return { counts: [{ name: 'changesIgnored', count: 1, reason: 'noChange' }], facts: {} };
    }
    await recorder.record(change);
    return { counts: [], facts: {} };
  });
