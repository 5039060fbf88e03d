// The API: Alertmanager's, `/slo`, incidents and on-call, and what Slack, PagerDuty and SNS post.
import middy from '@middy/core';
import { handleApiRequest } from '../lib/api/handle.ts';
import type { RawRequest } from '../lib/api/lambda-event.ts';
import { routeTable } from '../lib/api/match-route.ts';
import { KeyTableLookup } from '../lib/aws/key-lookup.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { KeyCache } from '../lib/keys/key-cache.ts';
import { apiMiddlewares } from '../lib/middleware/api-http.ts';
import { endAtDeadline } from '../lib/middleware/deadline.ts';
import { joinRoutes } from './api/join-routes.ts';

const config = readRuntimeConfig<'alerting' | 'slo' | 'onCall'>(import.meta.url);
const parts = {
  stateTable: resource('stateTable'),
  transport: createSignedClient(),
  calls: { budget: new RetryBudget() },
};
const table = routeTable(joinRoutes(config, parts));
const keys = new KeyCache(new KeyTableLookup(parts.stateTable, parts.transport, parts.calls), Date.now);
const write = (text: string) => process.stdout.write(text);

export const handler = middy(endAtDeadline)
  .use(apiMiddlewares(write, Date.now))
  .handler((request: unknown) => handleApiRequest(request as RawRequest, table, keys));
