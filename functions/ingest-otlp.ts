// OTLP in: authenticate, check, put the compressed body on the telemetry queue, and only then answer 200.
import middy from '@middy/core';
import { KeyTableLookup } from '../lib/aws/key-lookup.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { S3Writer } from '../lib/aws/s3-writer.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { SqsSender } from '../lib/aws/sqs-sender.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { KeyCache } from '../lib/keys/key-cache.ts';
import { endAtDeadline } from '../lib/middleware/deadline.ts';
import { emfCounters } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { answerErrors, otlpHttp } from '../lib/middleware/otlp-http.ts';
import { handleOtlpRequest } from '../lib/receivers/otlp/handle.ts';
import type { OtlpRequest } from '../lib/receivers/otlp/request.ts';

const { receiver } = readRuntimeConfig<'receiver'>(import.meta.url);
const transport = createSignedClient();
const options = { budget: new RetryBudget() };
const ports = {
  keys: new KeyCache(new KeyTableLookup(resource('stateTable'), transport, options), Date.now),
  queue: new SqsSender(resource('telemetryQueueUrl'), transport, options),
  bodies: new S3Writer(resource('archiveBucket'), transport, options),
};
const write = (text: string) => process.stdout.write(text);

export const handler = middy(endAtDeadline)
  .use(otlpHttp({ now: Date.now }))
  .use(failureLog({ write }))
  .use(emfCounters({ receiver: 'otlp', write, now: Date.now }))
  .use(answerErrors())
  .handler((request: unknown) => handleOtlpRequest(request as OtlpRequest, ports, receiver, Date.now()));
