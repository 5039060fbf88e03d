// Each five minutes: lines of the watched log groups → patterns → alerts on new, vanished and surging ones.
import middy from '@middy/core';
import { watchLogs } from '../lib/anomaly/log-watch/run.ts';
import { anomalyEvent } from '../lib/anomaly/run/schedule-event.ts';
import { AlertQueue } from '../lib/aws/alert-queue.ts';
import { CloudWatchLogLines } from '../lib/aws/log-lines.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { S3VersionedObjects } from '../lib/aws/versioned-objects.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';

/** Kept back from the time-out for the group that is being read. */
const RESERVE_MS = 60_000;

const { logWatch } = readRuntimeConfig<'logWatch'>(import.meta.url);
const transport = createSignedClient();
const calls = { budget: new RetryBudget() };
const write = (text: string) => process.stdout.write(text);
const ports = {
  objects: new S3VersionedObjects(resource('anomalyBucket'), transport, calls),
  lines: new CloudWatchLogLines(),
  alerts: new AlertQueue(resource('alertQueueUrl'), transport, calls),
  clock: Date.now,
};

export const handler = middy()
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'logWatch', write, now: Date.now }))
  .handler((event: unknown, context: { getRemainingTimeInMillis: () => number }) => {
    const deadlineMs = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    return watchLogs(ports, logWatch!, anomalyEvent(event, deadlineMs).nowMs, deadlineMs);
  });
