// AWS Systems Manager OpsCenter: an OpsItem for a group, known by its deduplication string.
import type { Priority } from '../model/notification.ts';
import type { Channel, Message } from './channel.ts';
import { cutBytes, cutText, oneLine } from './cut.ts';
import { groupDigest } from './digest.ts';
import { OPSITEM } from './limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from './message/default-templates.ts';
import { pairs } from './message/facts.ts';
import type { OpsItem } from './ports.ts';

const SEVERITY: Readonly<Record<Priority, string>> = { P1: '1', P2: '2', P3: '3', P4: '4' };

/** Beginnings of keys that AWS keeps for itself. */
const RESERVED = /^\/?(amazon|aws|amzn|ssm)/i;

export const opsItemChannel: Channel = {
  async deliver({ ports, ...message }) {
    const item = opsItemOf(message);
    const { title, description } = item;
    if (message.content.status === 'firing') {
      const { id, isNew } = await ports.opsItems.create(item);
      if (!isNew) await ports.opsItems.update(id, { title, description });
      return { kind: 'delivered', reference: { opsItem: id } };
    }
    const id = await ports.opsItems.find(item.dedupString);
    if (id === undefined) return { kind: 'delivered' };
    const isClosed = message.fields.boolean('resolve') ?? true;
    await ports.opsItems.update(id, { description, ...(isClosed && { status: 'Resolved' as const }) });
    return { kind: 'delivered', reference: { opsItem: id } };
  },
};

/** @throws PermanentError `invalidConfig` */
export function opsItemOf({ fields, content }: Message): OpsItem {
  const title = fields.write('title', { fallback: DEFAULT_TITLE, format: 'plain' });
  const text = fields.write('description', { fallback: DEFAULT_TEXT, format: 'plain' });
  const category = fields.text('category');
  const written = Object.entries(fields.map('operational_data')).map(([name, value]) => [
    name,
    String(value),
  ]);
  const data: [string, string][] = [
    ['group', pairs(content.groupLabels)],
    ['receiver', content.receiver],
    ...(content.links.runbook === undefined ? [] : [['runbook', content.links.runbook] as [string, string]]),
  ];
  return {
    title: cutText(oneLine(title), OPSITEM.title) || 'Alert',
    description: cutText(text, OPSITEM.description) || 'Alert',
    source: cutText(fields.text('source') ?? 'Tidewatch', OPSITEM.source),
    ...(category !== undefined && { category: cutText(category, OPSITEM.category) }),
    severity: SEVERITY[content.priority],
    priority: Number(SEVERITY[content.priority]),
    dedupString: groupDigest(content.groupKey),
    data: Object.fromEntries(
      [...data, ...written]
        .filter(([name, value]) => value !== '' && !RESERVED.test(name!))
        .map(([name, value]) => [cutText(name!, 128), cutBytes(value!, OPSITEM.operationalValue)]),
    ),
  };
}
