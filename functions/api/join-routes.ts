// The routes of the API, each domain's on its stores: what is not configured is not there.
import { randomUUID } from 'node:crypto';
import { alertmanagerRoutes, healthRoutes } from '../../lib/alerting/api/routes.ts';
import { snsTaker } from '../../lib/alerting/inputs/sns-message.ts';
import { labelSilence } from '../../lib/alerting/muting/label-silence.ts';
import type { AlertingSettings } from '../../lib/alerting/settings.ts';
import type { ApiRoute } from '../../lib/api/route.ts';
import { AlertQueue } from '../../lib/aws/alert-queue.ts';
import { DynamoAlertStore, DynamoSourceStore } from '../../lib/aws/alert-store.ts';
import { escalationStores } from '../../lib/aws/escalation-stores.ts';
import type { JsonCallOptions } from '../../lib/aws/json-call.ts';
import { notificationPorts } from '../../lib/aws/notification-ports.ts';
import { DynamoSilenceStore } from '../../lib/aws/silence-store.ts';
import { DynamoSloChangeStore } from '../../lib/aws/slo-change-store.ts';
import { DynamoSloStore } from '../../lib/aws/slo-store.ts';
import { snsCertificates } from '../../lib/aws/sns-certificates.ts';
import { StateRows } from '../../lib/aws/state-rows.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';
import { callerPorts } from '../../lib/channels/callers.ts';
import { snsRoutes } from '../../lib/channels/sns-route.ts';
import { alertingRules } from '../../lib/config/alerting-rules.ts';
import { type RuntimeConfig, resource } from '../../lib/config/runtime.ts';
import { acknowledgementLine } from '../../lib/incidents/acknowledge/metric.ts';
import { incidentRoutes } from '../../lib/incidents/api-routes.ts';
import type { OnCallSettings } from '../../lib/incidents/settings.ts';
import { sloRoutes } from '../../lib/slo/api-routes.ts';
import type { SloSettings } from '../../lib/slo/settings.ts';

/** What the routes of all domains are made of. */
export interface ApiParts {
  readonly stateTable: string;
  readonly transport: AwsTransport;
  readonly calls: JsonCallOptions;
}

export function joinRoutes(
  { alerting, slo, onCall }: Pick<RuntimeConfig, 'alerting' | 'slo' | 'onCall'>,
  parts: ApiParts,
): readonly ApiRoute[] {
  return [
    ...healthRoutes(),
    ...(alerting === undefined ? [] : ofAlerting(alerting, parts)),
    ...(slo === undefined ? [] : ofSlos(slo.slos, parts)),
    ...(onCall === undefined ? [] : ofIncidents(onCall, alerting !== undefined, parts)),
  ];
}

function ofAlerting(settings: AlertingSettings, { stateTable, transport, calls }: ApiParts): ApiRoute[] {
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

function ofSlos(
  slos: readonly SloSettings[],
  { stateTable, transport, calls }: ApiParts,
): readonly ApiRoute[] {
  return sloRoutes({
    slos,
    statuses: new DynamoSloStore(stateTable, transport, calls),
    changes: new DynamoSloChangeStore(stateTable),
    newId: randomUUID,
  });
}

/** @param isRouted whether alerts are routed here, so that there is something to silence */
function ofIncidents(settings: OnCallSettings, isRouted: boolean, parts: ApiParts): readonly ApiRoute[] {
  const { stateTable, transport, calls } = parts;
  const { http, secrets } = notificationPorts();
  const resources = { stateTable, escalateQueueUrl: resource('escalateQueueUrl') };
  return incidentRoutes({
    ...escalationStores(resources, transport, calls),
    ...callerPorts(settings, secrets, http),
    ...(isRouted && { silence: silencer(parts) }),
    settings,
    linkSecret: () => secrets.read({ secret: resource('linkSecret') }),
    newId: randomUUID,
    onAcknowledged: (took) => process.stdout.write(acknowledgementLine(took, Date.now())),
  });
}

/** What the button in a Slack message does. */
function silencer({ stateTable, transport, calls }: ApiParts) {
  const store = new DynamoSilenceStore(new StateRows(stateTable, transport, calls));
  return async (labels: unknown, by: string, now: number): Promise<boolean> => {
    const comment = 'By the button of a message in Slack';
    const silence = labelSilence(labels, { id: randomUUID(), by, comment }, now);
    if (silence === undefined) return false;
    await store.put(silence);
    return true;
  };
}
