// Amazon SNS: a topic, a phone (text message) or an endpoint of an app.
import { PermanentError } from '../model/errors.ts';
import type { Channel, Message } from './channel.ts';
import { cutBytes, cutText, oneLine } from './cut.ts';
import { groupDigest } from './digest.ts';
import { SMS_CHARS, SNS } from './limits.ts';
import { DEFAULT_SMS, DEFAULT_TEXT, DEFAULT_TITLE } from './message/default-templates.ts';
import type { TopicMessage } from './ports.ts';

/** E.164. */
const PHONE = /^\+[1-9]\d{6,14}$/;

export const snsChannel: Channel = {
  async deliver(input) {
    const id = await input.ports.topics.publish(topicMessage(input));
    return { kind: 'delivered', reference: { messageId: id } };
  },
};

/** @throws PermanentError `invalidConfig` */
export function topicMessage(message: Message): TopicMessage {
  const { fields, content, context } = message;
  const to = destination(message);
  if ('phoneNumber' in to) {
    const text = fields.write('message', { fallback: DEFAULT_SMS, format: 'plain' });
    const isOwn = fields.text('message') !== undefined;
    return {
      to,
      message: cutText(oneLine(text), isOwn ? SNS.smsText : SMS_CHARS) || 'Alert',
      attributes: {},
    };
  }
  const subject = fields.write('subject', { fallback: DEFAULT_TITLE, format: 'plain' });
  const text = fields.write('message', { fallback: DEFAULT_TEXT, format: 'plain' });
  const written = Object.entries(fields.map('attributes')).map(([name, value]) => [name, String(value)]);
  const ours = Object.entries({ status: content.status, priority: content.priority });
  const isFifo = 'topicArn' in to && to.topicArn.endsWith('.fifo');
  return {
    to,
    subject: asciiSubject(subject),
    message: cutBytes(text, SNS.messageBytes - 4_096) || 'Alert',
    // An attribute without a value is refused.
    attributes: Object.fromEntries(
      [...ours, ...written].filter(([, value]) => value !== '').slice(0, SNS.attributes),
    ),
    ...(isFifo && {
      group: { id: groupDigest(content.groupKey), deduplicationId: dedupId(context.idempotencyKey) },
    }),
  };
}

function destination({ fields }: Message): TopicMessage['to'] {
  const topicArn = fields.template('topic_arn');
  if (topicArn !== undefined) return { topicArn: topicArn.trim() };
  const targetArn = fields.template('target_arn');
  if (targetArn !== undefined) return { targetArn: targetArn.trim() };
  const phoneNumber = (fields.template('phone_number') ?? '').replace(/[\s()-]/g, '');
  if (PHONE.test(phoneNumber)) return { phoneNumber };
  const message = 'sns.phone_number: expected a number such as +4915112345678, got something else';
  throw new PermanentError('invalidConfig', message);
}

/** SNS takes printable ASCII that begins with a letter, a digit or a mark. */
function asciiSubject(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.slice(0, SNS.subject).trim() || 'Alert';
}

function dedupId(key: string): string {
  return /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/.test(key) ? key : groupDigest(key);
}
