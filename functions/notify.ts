// Wake-ups of groups → what is due is decided, written down, and told to receivers.
import middy from '@middy/core';
import { HEARTBEAT_METRIC, withHeartbeat, withHeartbeatChannel } from '../lib/alerting/durable/heartbeat.ts';
import { notifyBatch } from '../lib/alerting/durable/notify-batch.ts';
import { createRouter } from '../lib/alerting/groups/router.ts';
import { alertingStores } from '../lib/aws/alerting-stores.ts';
import { DynamoIncidentStore } from '../lib/aws/incident-store.ts';
import { notificationPorts } from '../lib/aws/notification-ports.ts';
import { DynamoOverrideStore } from '../lib/aws/on-call-stores.ts';
import { RetryBudget } from '../lib/aws/retry.ts';
import { createSignedClient } from '../lib/aws/signed-client.ts';
import { createNotificationSender } from '../lib/channels/sender.ts';
import { alertingRules } from '../lib/config/alerting-rules.ts';
import { functionName, optionalResource, readRuntimeConfig, resource } from '../lib/config/runtime.ts';
import { ESCALATION_KIND, escalationChannel } from '../lib/incidents/escalation-channel.ts';
import { batchOutcome } from '../lib/middleware/batch-outcome.ts';
import { emfLines } from '../lib/middleware/emf-counters.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';
import { type SqsBatch, sqsBatch } from '../lib/middleware/sqs-batch.ts';
import { templateProblems } from '../lib/middleware/template-problems.ts';

const RESERVE_MS = 3_000;

const { alerting, onCall } = readRuntimeConfig<'alerting' | 'onCall'>(import.meta.url);
if (alerting === undefined) throw new Error('config.json has no alerting; use AlertRouting');
const write = (text: string) => process.stdout.write(text);
const escalate = optionalResource('escalateQueueUrl');
const resources = {
  stateTable: resource('stateTable'),
  archiveBucket: resource('archiveBucket'),
  queues: { notify: resource('notifyQueueUrl'), ...(escalate !== undefined && { escalate }) },
};
const calls = { budget: new RetryBudget() };
const { rows, timers, ...stores } = alertingStores(resources, createSignedClient(), calls);
const incidents = new DynamoIncidentStore(rows);
const overrides = new DynamoOverrideStore(rows);
const channels = onCall && {
  [ESCALATION_KIND]: escalationChannel({ settings: onCall, incidents, overrides, timers }),
};
const sender = createNotificationSender({
  ports: notificationPorts(),
  onTemplateProblem: templateProblems('notify', write, Date.now),
  ...(channels && { channels }),
});
const beats = [{ name: HEARTBEAT_METRIC, count: 1, reason: functionName() }];
const beat = () => write(emfLines('notify', { counts: beats, facts: {} }, Date.now()));
const ports = {
  rules: createRouter(withHeartbeat(alertingRules(alerting)), alerting.beyond),
  stores,
  timers,
  sender: withHeartbeatChannel(sender, beat),
  externalUrl: optionalResource('apiUrl') ?? '',
  now: Date.now,
};

export const handler = middy<SqsBatch>()
  .use(failureLog({ write }))
  .use(sqsBatch({ reserveMs: RESERVE_MS, now: Date.now, write }))
  .handler(async ({ records }: SqsBatch) => batchOutcome('notify', await notifyBatch(ports, records)));
