// Amazon EventBridge: an event a notification, for whatever a team builds on it.
import type { NotificationContent, NotifiedAlert, Priority } from '../model/notification.ts';
import type { Channel, Message } from './channel.ts';
import { byteLength, cutText } from './cut.ts';
import { wellFormedJson } from './http/json-request.ts';
import { EVENTBRIDGE } from './limits.ts';
import type { BusEvent } from './ports.ts';

/** What is asked of whoever reads it. */
const ACTIONS: Readonly<Record<Priority, string>> = { P1: 'page', P2: 'page', P3: 'ticket', P4: 'inform' };
/** Characters of a text of an alert, when all of it would not fit. */
const SHORT_TEXT = 300;
/** Time and the frame of an entry; docs count 14 bytes for the time. */
const FRAME_BYTES = 200;

export const eventBridgeChannel: Channel = {
  async deliver(input) {
    const id = await input.ports.eventBus.put(busEvent(input));
    return { kind: 'delivered', reference: { eventId: id } };
  },
};

/** The whole if it fits; then with fewer alerts and shorter texts. */
export function busEvent(message: Message): BusEvent {
  const { fields, content, context } = message;
  const event = {
    bus: fields.text('event_bus') ?? 'default',
    source: cutText(fields.text('source') ?? 'tidewatch', EVENTBRIDGE.source),
    detailType: content.status === 'firing' ? 'Alert Firing' : 'Alert Resolved',
    resources: [],
    time: context.now,
  };
  const room = EVENTBRIDGE.entryBytes - FRAME_BYTES - byteLength(event.source) - byteLength(event.detailType);
  let listed = content.alerts.length;
  let detail = detailOf(message, content, listed);
  while (byteLength(detail) > room) {
    detail = detailOf(message, shortened(content), listed);
    if (listed === 0) break;
    listed = Math.floor(listed / 2);
  }
  return { ...event, detail };
}

function detailOf({ words, context }: Message, content: NotificationContent, listed: number): string {
  const { where, since, until, howBad, summary, description } = words.facts;
  return wellFormedJson({
    version: '1',
    id: context.idempotencyKey,
    action: content.status === 'resolved' ? 'resolve' : ACTIONS[content.priority],
    status: content.status,
    priority: content.priority,
    title: words.title(),
    escalationPath: content.receiver,
    businessImpact: howBad.map((part) => cutText(part, SHORT_TEXT)),
    context: {
      summary: cutText(summary, 2_000),
      description: cutText(description, 4_000),
      where: cutText(where, 2_000),
      since: new Date(since).toISOString(),
      ...(until !== undefined && { until: new Date(until).toISOString() }),
      links: content.links,
      remarks: content.remarks,
    },
    groupKey: content.groupKey,
    groupLabels: content.groupLabels,
    commonLabels: content.commonLabels,
    commonAnnotations: content.commonAnnotations,
    alerts: content.alerts.slice(0, listed).map(alertOf),
    truncatedAlerts: content.alerts.length - listed,
  });
}

function alertOf({ startsAt, endsAt, ...alert }: NotifiedAlert): object {
  return {
    ...alert,
    startsAt: new Date(startsAt).toISOString(),
    ...(alert.status === 'resolved' && { endsAt: new Date(endsAt).toISOString() }),
  };
}

function shortened(content: NotificationContent): NotificationContent {
  return {
    ...content,
    groupKey: cutText(content.groupKey, 2_000),
    groupLabels: short(content.groupLabels),
    commonLabels: short(content.commonLabels),
    commonAnnotations: short(content.commonAnnotations),
    remarks: content.remarks.slice(0, 20).map((remark) => cutText(remark, SHORT_TEXT)),
    alerts: content.alerts.map((alert) => ({
      ...alert,
      labels: short(alert.labels),
      annotations: short(alert.annotations),
    })),
  };
}

function short(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts)
      .slice(0, 50)
      .map(([name, text]) => [cutText(name, SHORT_TEXT), cutText(text, SHORT_TEXT)]),
  );
}
