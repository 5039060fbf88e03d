// Incidents, on-call and what Slack and PagerDuty post, on the rows that notify and escalate leave.
import { randomUUID } from 'node:crypto';
import { labelSilence } from '../../lib/alerting/muting/label-silence.ts';
import type { ApiRoute } from '../../lib/api/route.ts';
import { escalationStores } from '../../lib/aws/escalation-stores.ts';
import { notificationPorts } from '../../lib/aws/notification-ports.ts';
import { DynamoSilenceStore } from '../../lib/aws/silence-store.ts';
import { StateRows } from '../../lib/aws/state-rows.ts';
import { callerPorts } from '../../lib/channels/callers.ts';
import { resource } from '../../lib/config/runtime.ts';
import { acknowledgementLine } from '../../lib/incidents/acknowledge/metric.ts';
import { incidentRoutes } from '../../lib/incidents/api-routes.ts';
import type { OnCallSettings } from '../../lib/incidents/settings.ts';
import type { ApiParts } from './parts.ts';

/** @param isRouted whether alerts are routed here, so that there is something to silence */
export function ofIncidents(
  settings: OnCallSettings,
  isRouted: boolean,
  parts: ApiParts,
): readonly ApiRoute[] {
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
