// Each minute and shard: the last minutes of good and total from CloudWatch → slices → burn rates → alerts and budgets.
import middy from '@middy/core';
import { AlertQueue } from '../lib/aws/alert-queue.ts';
import { EventBridgeBus } from '../lib/aws/event-bus.ts';
import { CloudWatchMetricReader } from '../lib/aws/metric-data-reader.ts';
import { CloudWatchMetricPublisher } from '../lib/aws/metric-publisher.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { DynamoSloChangeStore } from '../lib/aws/slo-change-store.ts';
import { DynamoSloStore } from '../lib/aws/slo-store.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { deadlineOf } from '../lib/middleware/deadline.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { SLO_DIMENSION, SLO_EVENT_SOURCE } from '../lib/slo/published-metrics.ts';
import { SloRun } from '../lib/slo/run/evaluate-shard.ts';
import { runRequest } from '../lib/slo/run/run-request.ts';
import type { EvaluateSlosEvent } from '../lib/slo/settings.ts';

/** Kept back from the deadline for writing rows and telling what is new. */
const RESERVE_MS = 12_000;

const { slo: settings } = readRuntimeConfig<'slo'>(import.meta.url);
if (settings === undefined) throw new Error('config.json has no slo; deploy the function with SloEvaluation');
const transport = createSignedClient();
const calls = { budget: new RetryBudget() };
const write = (text: string) => process.stdout.write(text);
const stateTable = resource('stateTable');

const slos = new SloRun(settings, {
  metrics: new CloudWatchMetricReader(),
  store: new DynamoSloStore(stateTable, transport, calls),
  changes: new DynamoSloChangeStore(stateTable),
  alerts: new AlertQueue(resource('alertQueueUrl'), transport, calls),
  publisher: new CloudWatchMetricPublisher(settings.metricsNamespace, SLO_DIMENSION),
  events: new EventBridgeBus(SLO_EVENT_SOURCE),
});

export const handler = middy<EvaluateSlosEvent>()
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'evaluate-slos', write, now: Date.now }))
  .handler(async (event, context) => {
    const deadlineMs = deadlineOf(context, Date.now()) - RESERVE_MS;
    const summary = await slos.run(runRequest(event, settings.shards, deadlineMs));
    if (summary.isLost) throw summary.failure;
    const { counts, facts, failure } = summary;
    return { counts, facts, ...(failure !== undefined && { failure }) };
  });
