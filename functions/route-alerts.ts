// Alert queue → the routing tree → groups and their timers; what nobody is told about yet.
import middy from '@middy/core';
import { withHeartbeat } from '../lib/alerting/durable/heartbeat.ts';
import { routeBatch } from '../lib/alerting/durable/route-batch.ts';
import { createRouter } from '../lib/alerting/groups/router.ts';
import { alertingStores } from '../lib/aws/alerting-stores.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { alertingRules } from '../lib/config/alerting-rules.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { batchOutcome } from '../lib/middleware/batch-outcome.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { type SqsBatch, sqsBatch } from '../lib/middleware/sqs-batch.ts';

const RESERVE_MS = 3_000;

const { alerting } = readRuntimeConfig<'alerting'>(import.meta.url);
if (alerting === undefined) throw new Error('config.json has no alerting; use AlertRouting');
const write = (text: string) => process.stdout.write(text);
const resources = {
  stateTable: resource('stateTable'),
  archiveBucket: resource('archiveBucket'),
  queues: { notify: resource('notifyQueueUrl') },
};
const ports = {
  stores: alertingStores(resources, createSignedClient(), { budget: new RetryBudget() }),
  rules: createRouter(withHeartbeat(alertingRules(alerting)), alerting.beyond),
  rewriteBelow: alerting.beyond.rewriteBelow,
};

export const handler = middy<SqsBatch>()
  .use(failureLog({ write }))
  .use(sqsBatch({ reserveMs: RESERVE_MS, now: Date.now, write }))
  .handler(async ({ records }: SqsBatch) =>
    batchOutcome('route-alerts', await routeBatch(ports, records, Date.now())),
  );
