// Each five minutes (chosen metrics each minute): watched metrics → scores → incidents with ranked causes → alerts.
import middy from '@middy/core';
import { runAnomalyDetection } from '../lib/anomaly/run/run.ts';
import { anomalyEvent } from '../lib/anomaly/run/schedule-event.ts';
import { SCORE_NAMESPACE } from '../lib/anomaly/watch/settings.ts';
import { AlertQueue } from '../lib/aws/alert-queue.ts';
import { DynamoChangeLog } from '../lib/aws/change-log.ts';
import { CloudWatchMetricCatalogue } from '../lib/aws/metric-catalogue.ts';
import { CloudWatchMetricHistory } from '../lib/aws/metric-history.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { CloudWatchScorePublisher } from '../lib/aws/score-publisher.ts';
import { XrayServiceGraph } from '../lib/aws/service-graph.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { S3VersionedObjects } from '../lib/aws/versioned-objects.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';

/** Kept back from the time-out for incidents, alerts and scores once the metrics are judged. */
const RESERVE_MS = 60_000;

const { anomaly } = readRuntimeConfig<'anomaly'>(import.meta.url);
const transport = createSignedClient();
const calls = { budget: new RetryBudget() };
const write = (text: string) => process.stdout.write(text);
const ports = {
  objects: new S3VersionedObjects(resource('anomalyBucket'), transport, calls),
  history: new CloudWatchMetricHistory(),
  catalogue: new CloudWatchMetricCatalogue(),
  graph: new XrayServiceGraph(),
  changes: new DynamoChangeLog(resource('stateTable'), transport, calls),
  alerts: new AlertQueue(resource('alertQueueUrl'), transport, calls),
  scores: new CloudWatchScorePublisher(SCORE_NAMESPACE),
  clock: Date.now,
};

export const handler = middy()
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'anomaly', write, now: Date.now }))
  .handler(async (event: unknown, context: { getRemainingTimeInMillis: () => number }) => {
    const deadlineMs = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const outcome = await runAnomalyDetection(ports, anomaly!, anomalyEvent(event, deadlineMs));
    write(`${JSON.stringify({ level: 'info', ...outcome.facts })}\n`);
    return outcome;
  });
