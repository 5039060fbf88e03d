// Each minute: timers whose wake-up was lost or is not sent yet → their queues; a heartbeat onto the alert queue.
import middy from '@middy/core';
import { sweep } from '../lib/alerting/durable/sweep.ts';
import { AlertQueue } from '../lib/aws/alert-queue.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { StateRows } from '../lib/aws/state-rows.ts';
import { DynamoTimers } from '../lib/aws/timers.ts';
import { optionalResource, resource } from '../lib/config/runtime.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { scheduledTime } from '../lib/middleware/scheduled-time.ts';

const transport = createSignedClient();
const calls = { budget: new RetryBudget() };
const write = (text: string) => process.stdout.write(text);
const escalate = optionalResource('escalateQueueUrl');
const queues = { notify: resource('notifyQueueUrl'), ...(escalate !== undefined && { escalate }) };
const ports = {
  timers: new DynamoTimers(new StateRows(resource('stateTable'), transport, calls), queues, transport, calls),
  alerts: new AlertQueue(resource('alertQueueUrl'), transport, calls),
};

export const handler = middy()
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'sweep-timers', write, now: Date.now }))
  .handler(async (event: unknown) => {
    const { counts, failures } = await sweep(ports, scheduledTime(event));
    return { counts, facts: {}, ...(failures.length > 0 && { failure: failures[0] }) };
  });
