// Each minute: timers whose wake-up was lost or is not sent yet → their queues; a heartbeat, and reminders of silences
// about to end, onto the alert queue.
import middy from '@middy/core';
import { sweep } from '../lib/alerting/durable/sweep.ts';
import { AlertQueue } from '../lib/aws/alert-queue.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { DynamoSilenceStore } from '../lib/aws/silence-store.ts';
import { StateRows } from '../lib/aws/state-rows.ts';
import { DynamoTimers } from '../lib/aws/timers.ts';
import { optionalResource, readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { scheduledTime } from '../lib/middleware/scheduled-time.ts';

const { alerting } = readRuntimeConfig<'alerting'>(import.meta.url);
const transport = createSignedClient();
const calls = { budget: new RetryBudget() };
const write = (text: string) => process.stdout.write(text);
const escalate = optionalResource('escalateQueueUrl');
const queues = { notify: resource('notifyQueueUrl'), ...(escalate !== undefined && { escalate }) };
const rows = new StateRows(resource('stateTable'), transport, calls);
const ports = {
  timers: new DynamoTimers(rows, queues, transport, calls),
  silences: new DynamoSilenceStore(rows),
  silenceReminderMs: alerting?.beyond.silenceReminderMs ?? 0,
  alerts: new AlertQueue(resource('alertQueueUrl'), transport, calls),
};

export const handler = middy()
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'sweep-timers', write, now: Date.now }))
  .handler(async (event: unknown) => {
    const { counts, failures } = await sweep(ports, scheduledTime(event));
    return { counts, facts: {}, ...(failures.length > 0 && { failure: failures[0] }) };
  });
