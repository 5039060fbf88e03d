// Telemetry queue → X-Ray, CloudWatch metrics, CloudWatch Logs, S3: one pass over the bytes, only failed messages back.
import middy from '@middy/core';
import { exportPorts } from '../lib/aws/export-ports.ts';
import { DynamoLogGroupStore } from '../lib/aws/log-group-store.ts';
import { DynamoOperationStore } from '../lib/aws/operation-store.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { DynamoSeriesStore } from '../lib/aws/series-store.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { ArchiveExporter } from '../lib/exporters/archive/exporter.ts';
import { CloudWatchLogsExporter } from '../lib/exporters/cloudwatch-logs/exporter.ts';
import { CloudWatchMetricsExporter } from '../lib/exporters/cloudwatch-metrics/exporter.ts';
import { SpanMetricsExporter } from '../lib/exporters/span-metrics/exporter.ts';
import { XrayExporter } from '../lib/exporters/xray/exporter.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { type SqsBatch, sqsBatch } from '../lib/middleware/sqs-batch.ts';
import { ExportPipeline } from '../lib/pipeline/export-pipeline.ts';

/** Kept back from the time-out for progress rows, dead letters and back-off. */
const RESERVE_MS = 8_000;

const config = readRuntimeConfig<'xray' | 'metrics' | 'spanMetrics' | 'logs'>(import.meta.url);
const transport = createSignedClient();
const calls = { budget: new RetryBudget() };
const write = (text: string) => process.stdout.write(text);
const resources = {
  stateTable: resource('stateTable'),
  archiveBucket: resource('archiveBucket'),
  telemetryQueueUrl: resource('telemetryQueueUrl'),
  telemetryDeadLetterQueueUrl: resource('telemetryDeadLetterQueueUrl'),
};
const series = new DynamoSeriesStore(resources.stateTable, transport, calls);
const operations = new DynamoOperationStore(resources.stateTable, transport, calls);
const groups = new DynamoLogGroupStore(resources.stateTable, transport, calls);

const pipeline = new ExportPipeline(
  [
    new XrayExporter({ settings: config.xray, transport }),
    new SpanMetricsExporter({ settings: config.spanMetrics, transport, operations }),
    new CloudWatchMetricsExporter({ settings: config.metrics, transport, series }),
    new CloudWatchLogsExporter({ settings: config.logs, transport, groups }),
    new ArchiveExporter({ bucket: resources.archiveBucket, transport }),
  ],
  exportPorts(resources, transport, calls),
  { now: Date.now, random: Math.random },
);

export const handler = middy<SqsBatch>()
  .use(failureLog({ write }))
  .use(sqsBatch({ reserveMs: RESERVE_MS, now: Date.now, write }))
  .handler((batch: SqsBatch) => pipeline.run(batch.records, batch.deadlineMs));
