// Changes of CloudWatch alarms (EventBridge) and, by a schedule, alarms that last → alerts on the alert queue.
import middy from '@middy/core';
import { receiveAlarms } from '../lib/alerting/inputs/receive-alarms.ts';
import { AlertQueue } from '../lib/aws/alert-queue.ts';
import { CloudWatchAlarms } from '../lib/aws/cloudwatch-alarms.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';

const settings = readRuntimeConfig<'alerting'>(import.meta.url).alerting?.alarms;
if (settings === undefined) throw new Error('config.json has no alerting.alarms; use AlarmEvents');
const write = (text: string) => process.stdout.write(text);
const calls = { budget: new RetryBudget() };
const ports = {
  alarms: new CloudWatchAlarms(),
  queue: new AlertQueue(resource('alertQueueUrl'), createSignedClient(), calls),
  settings,
};

export const handler = middy()
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'alarms', write, now: Date.now }))
  .handler(async (event: unknown) => {
    const { sent, counts } = await receiveAlarms(event, ports);
    return { counts, facts: { sent } };
  });
