// What an incident keeps of a notification, and what a page says.
import { createHash } from 'node:crypto';
import type { NotificationContent, NotificationTarget, NotifiedAlert } from '../../model/notification.ts';
import type { Incident, Page } from './incident.ts';

/** Alerts of a page; the rest is counted. */
const MAX_ALERTS = 20;
/** Characters of all alerts, and of one set of labels or annotations: an item of the state table takes 400 KB. */
const MAX_ALERT_CHARS = 60_000;
const MAX_WORD_CHARS = 8_000;
/** Characters of one label or annotation. */
const MAX_TEXT = 1_000;
const MAX_TITLE = 200;
/** Characters of a group's key as an incident keeps it; longer ones are kept by their digest. */
const MAX_GROUP_KEY = 500;
const MAX_REMARKS = 20;
const MAX_LINK = 4_000;

/** The content without what no page shows. */
export function keptContent(content: NotificationContent): NotificationContent {
  const alerts: NotifiedAlert[] = [];
  let chars = 0;
  for (const alert of content.alerts.slice(0, MAX_ALERTS).map(cutAlert)) {
    chars += JSON.stringify(alert).length;
    if (chars > MAX_ALERT_CHARS) break;
    alerts.push(alert);
  }
  const left = content.alerts.length - alerts.length;
  const { externalUrl, receiver, status, priority } = content;
  const remarks = content.remarks.slice(0, MAX_REMARKS).map(short);
  return {
    externalUrl,
    receiver: short(receiver),
    status,
    priority,
    groupKey: groupRef(content.groupKey),
    links: Object.fromEntries(
      Object.entries(content.links).filter(([, url]) => url !== undefined && url.length <= MAX_LINK),
    ),
    groupLabels: cut(content.groupLabels),
    commonLabels: cut(content.commonLabels),
    commonAnnotations: cut(content.commonAnnotations),
    alerts,
    remarks: left > 0 ? [...remarks, `${left} more alerts are not listed`] : remarks,
  };
}

/** What an incident knows a group by. */
export function groupRef(groupKey: string): string {
  if (groupKey.length <= MAX_GROUP_KEY) return groupKey;
  return `sha256:${createHash('sha256').update(groupKey).digest('hex')}`;
}

function short(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

function cutAlert(alert: NotifiedAlert): NotifiedAlert {
  return { ...alert, labels: cut(alert.labels), annotations: cut(alert.annotations) };
}

function cut(words: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  let chars = 0;
  for (const [name, text] of Object.entries(words)) {
    const taken = short(text);
    chars += name.length + taken.length;
    if (chars > MAX_WORD_CHARS) break;
    kept[name] = taken;
  }
  return kept;
}

/** One line that names the problem. */
export function titleOf({
  commonAnnotations,
  commonLabels,
  groupLabels,
  groupKey,
}: NotificationContent): string {
  const name = commonLabels.alertname ?? groupLabels.alertname;
  const title =
    commonAnnotations.summary || commonAnnotations.title || name || labelText(groupLabels) || groupKey;
  return title.length <= MAX_TITLE ? title : `${title.slice(0, MAX_TITLE)}…`;
}

function labelText(labels: Readonly<Record<string, string>>): string | undefined {
  const text = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return text.length === 0 ? undefined : text.join(' ');
}

/** Under which a receiver knows all pages of an episode. */
export function incidentGroupKey({ id, episode }: Pick<Incident, 'id' | 'episode'>): string {
  return `incident/${id}/${episode}`;
}

/**
 * What one recipient is told.
 * @param acknowledgeLink signed for the recipient
 * @param apiUrl address of the API, without a slash at its end
 */
export function pageContent(
  incident: Incident,
  page: Pick<Page, 'purpose' | 'remark' | 'target' | 'episode'>,
  acknowledgeLink: string | undefined,
  apiUrl: string,
): NotificationContent {
  const { content, groups, priority } = incident;
  const others = groups.filter(({ firing }) => firing).slice(1);
  const remarks = [
    page.remark,
    ...content.remarks,
    ...(others.length > 0
      ? [`Also part of this incident: ${others.map(({ title }) => title).join('; ')}`]
      : []),
  ].filter((remark) => remark !== '');
  const told: NotificationContent = {
    ...content,
    groupKey: incidentGroupKey({ id: incident.id, episode: page.episode ?? incident.episode }),
    status: page.purpose === 'closing' ? 'resolved' : content.status,
    priority,
    links: {
      ...content.links,
      ...(acknowledgeLink !== undefined && page.purpose === 'page' && { acknowledge: acknowledgeLink }),
    },
    externalUrl: apiUrl,
    remarks,
  };
  return contentFor(page.target, told);
}

/** The body of a webhook has no place for links and remarks, so there they are annotations. */
export function contentFor({ kind }: NotificationTarget, content: NotificationContent): NotificationContent {
  if (kind !== 'webhook') return content;
  const { acknowledge } = content.links;
  const commonAnnotations = {
    ...content.commonAnnotations,
    ...(acknowledge !== undefined && { acknowledge_url: acknowledge }),
    ...(content.remarks.length > 0 && { remarks: content.remarks.join('\n') }),
  };
  return { ...content, commonAnnotations };
}
