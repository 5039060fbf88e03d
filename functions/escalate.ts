// Wake-ups of incidents → the next step of those that nobody acknowledged, told to people; pages that were held back.
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { escalationStores } from '../lib/aws/escalation-stores.ts';
import { notificationPorts } from '../lib/aws/notification-ports.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { createNotificationSender } from '../lib/channels/sender.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { escalateBatch } from '../lib/incidents/escalate-batch.ts';
import { batchOutcome } from '../lib/middleware/batch-outcome.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { type SqsBatch, sqsBatch } from '../lib/middleware/sqs-batch.ts';
import { templateProblems } from '../lib/middleware/template-problems.ts';

const RESERVE_MS = 3_000;

const { onCall } = readRuntimeConfig<'onCall'>(import.meta.url);
if (onCall === undefined) throw new Error('config.json has no onCall; deploy the function with Escalation');
const write = (text: string) => process.stdout.write(text);
const channels = notificationPorts();
const ports = {
  ...escalationStores(
    { stateTable: resource('stateTable'), escalateQueueUrl: resource('escalateQueueUrl') },
    createSignedClient(),
    { budget: new RetryBudget() },
  ),
  settings: onCall,
  sender: createNotificationSender({
    ports: channels,
    onTemplateProblem: templateProblems('escalate', write, Date.now),
  }),
  linkSecret: () => channels.secrets.read({ secret: resource('linkSecret') }),
  apiUrl: resource('apiUrl').replace(/\/$/, ''),
  sleep: (ms: number) => sleep(ms),
};

export const handler = middy<SqsBatch>()
  .use(failureLog({ write }))
  .use(sqsBatch({ reserveMs: RESERVE_MS, now: Date.now, write }))
  .handler(async ({ records }: SqsBatch) =>
    batchOutcome('escalate', await escalateBatch(ports, records, Date.now)),
  );
