// SES, SNS, EventBridge and OpsCenter in memory, refusing what AWS refuses.
import type {
  BusEvent,
  EventBusPort,
  Mail,
  MailPort,
  OpsItem,
  OpsItemPort,
  TopicMessage,
  TopicPort,
} from '../../../lib/channels/ports.ts';
import { PermanentError } from '../../../lib/model/errors.ts';

function check(isGood: boolean, what: string): void {
  if (!isGood) throw new PermanentError('rejected', `InvalidParameter: ${what}`);
}

export class StrictMail implements MailPort {
  readonly sent: Mail[] = [];

  async send(mail: Mail): Promise<string> {
    const address = /^([^<>]*<)?[^\s@<>]+@[^\s@<>]+>?$/;
    check(mail.to.length > 0 && mail.to.length <= 50, 'recipients');
    check(
      [...mail.to, mail.from, ...mail.replyTo].every((one) => address.test(one)),
      'address',
    );
    check(mail.subject !== '' && !/[\r\n]/.test(mail.subject) && mail.subject.length < 998, 'subject');
    check(mail.text !== '' && mail.html !== '', 'body');
    check(
      [mail.subject, mail.text, mail.html].every((text) => text.isWellFormed()),
      'half a character',
    );
    const headers = Object.entries(mail.headers);
    check(headers.length <= 15, 'headers');
    for (const [name, value] of headers) {
      check(/^[!-9;-~]{1,126}$/.test(name) && /^[ -~]{1,870}$/.test(value), `header ${name}`);
    }
    this.sent.push(mail);
    return `mail-${this.sent.length}`;
  }
}

export class StrictTopics implements TopicPort {
  readonly published: TopicMessage[] = [];

  async publish(message: TopicMessage): Promise<string> {
    const { to, subject, message: text, attributes, group } = message;
    check(text !== '' && text.isWellFormed(), 'Message');
    const entries = Object.entries(attributes);
    const size = entries.reduce(
      (sum, [name, value]) => sum + name.length + value.length + 6,
      Buffer.byteLength(text),
    );
    check(size <= 262_144, 'Message too long');
    check(
      entries.every(([, value]) => value !== ''),
      'attribute without a value',
    );
    if (subject !== undefined) check(/^[!-~][ -~]{0,99}$/.test(subject), 'Subject');
    if ('phoneNumber' in to) {
      check(/^\+[1-9]\d{6,14}$/.test(to.phoneNumber), 'PhoneNumber');
      check(text.length <= 1_600 && subject === undefined && group === undefined, 'text message');
    }
    if ('topicArn' in to) {
      check(/^arn:aws[a-z-]*:sns:/.test(to.topicArn), 'TopicArn');
      check(to.topicArn.endsWith('.fifo') === (group !== undefined), 'MessageGroupId');
    }
    if (group !== undefined) check(group.id.length <= 128 && group.deduplicationId.length <= 128, 'group');
    this.published.push(message);
    return `message-${this.published.length}`;
  }
}

export class StrictBus implements EventBusPort {
  readonly events: BusEvent[] = [];

  async put(event: BusEvent): Promise<string> {
    const size =
      14 +
      [event.source, event.detailType, event.detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    check(size <= 262_144, 'total size of the entries');
    check(event.source !== '' && !event.source.startsWith('aws.'), 'Source');
    check(event.detailType.length <= 128, 'DetailType');
    const detail: unknown = JSON.parse(event.detail);
    check(typeof detail === 'object' && detail !== null, 'Detail');
    this.events.push(event);
    return `event-${this.events.length}`;
  }
}

export class StrictOpsItems implements OpsItemPort {
  readonly items = new Map<string, OpsItem & { status: string }>();

  async create(item: OpsItem) {
    check(item.title !== '' && item.title.length <= 1_024 && item.title.isWellFormed(), 'Title');
    check(item.description !== '' && item.description.length <= 2_048, 'Description');
    check(item.source !== '' && item.source.length <= 128, 'Source');
    check(/^[1-4]$/.test(item.severity) && item.priority >= 1 && item.priority <= 5, 'Severity');
    for (const [name, value] of Object.entries(item.data)) {
      check(!/^\/?(amazon|aws|amzn|ssm)/i.test(name) && name.length <= 128, `OperationalData ${name}`);
      check(Buffer.byteLength(value) <= 20_480 && value !== '', `OperationalData ${name}`);
    }
    const open = await this.find(item.dedupString);
    if (open !== undefined) return { id: open, isNew: false };
    const id = `oi-${this.items.size + 1}`;
    this.items.set(id, { ...item, status: 'Open' });
    return { id, isNew: true };
  }

  async update(id: string, change: Partial<OpsItem> & { status?: string }): Promise<void> {
    const item = this.items.get(id);
    if (item === undefined) throw new PermanentError('notFound', 'OpsItemNotFoundException');
    check((change.description ?? 'x').length <= 2_048 && (change.title ?? 'x').length <= 1_024, 'Title');
    this.items.set(id, { ...item, ...change });
  }

  async find(dedupString: string): Promise<string | undefined> {
    return [...this.items].find(([, one]) => one.dedupString === dedupString && one.status === 'Open')?.[0];
  }
}
