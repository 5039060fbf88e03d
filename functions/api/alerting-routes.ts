// Alertmanager's API and what SNS posts, on the rows of alert routing.
import { randomUUID } from 'node:crypto';
import { alertmanagerRoutes } from '../../lib/alerting/api/routes.ts';
import { snsTaker } from '../../lib/alerting/inputs/sns-message.ts';
import type { AlertingSettings } from '../../lib/alerting/settings.ts';
import type { ApiRoute } from '../../lib/api/route.ts';
import { AlertQueue } from '../../lib/aws/alert-queue.ts';
import { DynamoAlertStore, DynamoSourceStore } from '../../lib/aws/alert-store.ts';
import { notificationPorts } from '../../lib/aws/notification-ports.ts';
import { DynamoSilenceStore } from '../../lib/aws/silence-store.ts';
import { snsCertificates } from '../../lib/aws/sns-certificates.ts';
import { StateRows } from '../../lib/aws/state-rows.ts';
import { snsRoutes } from '../../lib/channels/sns-route.ts';
import { alertingRules } from '../../lib/config/alerting-rules.ts';
import { resource } from '../../lib/config/runtime.ts';
import type { ApiParts } from './parts.ts';

export function ofAlerting(
  settings: AlertingSettings,
  { stateTable, transport, calls }: ApiParts,
): ApiRoute[] {
  const rows = new StateRows(stateTable, transport, calls);
  const queue = new AlertQueue(resource('alertQueueUrl'), transport, calls);
  const stores = {
    alerts: new DynamoAlertStore(rows),
    sources: new DynamoSourceStore(rows),
    silences: new DynamoSilenceStore(rows),
  };
  const rules = alertingRules(settings);
  const { http } = notificationPorts();
  return [
    ...alertmanagerRoutes({ stores, queue, rules, newId: randomUUID, startedAt: Date.now() }),
    ...snsRoutes({
      topicArns: settings.snsTopics ?? [],
      certificates: snsCertificates(http),
      http,
      take: snsTaker(queue, settings.alarms),
    }),
  ];
}
