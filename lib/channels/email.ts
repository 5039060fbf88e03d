// E-mail by Amazon SES: HTML for people, text for everything else; all mails about a group in one thread.
import { PermanentError } from '../model/errors.ts';
import type { Channel, Message } from './channel.ts';
import { cutBytes, cutText, oneLine } from './cut.ts';
import { groupDigest } from './digest.ts';
import { EMAIL } from './limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from './message/default-templates.ts';
import { cutEscaped, escapeFor, linkFor } from './message/escape.ts';
import { humanizeDuration, isoTime } from './message/filters.ts';
import type { Mail } from './ports.ts';

const ADDRESS = /^(?:[^<>@,;"\r\n]*<)?[^\s@<>,;"]+@[^\s@<>,;"]+>?$/;
/** Headers that SES writes, or that would change who gets it. */
const OWN_HEADERS = /^(from|to|cc|bcc|reply-to|sender|return-path|date|message-id|content-.*|mime-version)$/i;

export const emailChannel: Channel = {
  async deliver(input) {
    const id = await input.ports.mail.send(mailOf(input));
    return { kind: 'delivered', reference: { messageId: id } };
  },
};

/** @throws PermanentError `invalidConfig` */
export function mailOf(message: Message): Mail {
  const { fields, content } = message;
  const headers = headersOf(message);
  const subject =
    headers.get('subject') ?? fields.write('title', { fallback: DEFAULT_TITLE, format: 'plain' });
  headers.delete('subject');
  const to = addresses(message, 'to');
  if (to.length === 0) throw wrong('to', 'an address');
  if (to.length > EMAIL.recipients) throw wrong('to', `at most ${EMAIL.recipients} addresses`);
  const from = addresses(message, 'from');
  if (from.length !== 1) throw wrong('from', 'one address');
  const configurationSet = fields.text('configuration_set');
  const thread = `<${groupDigest(content.groupKey).slice(0, 32)}@tidewatch.invalid>`;
  return {
    from: from[0]!,
    to,
    replyTo: addresses(message, 'reply_to'),
    subject: cutText(oneLine(subject), EMAIL.subject) || 'Alert',
    html: htmlOf(message),
    text: cutBytes(fields.write('text', { fallback: DEFAULT_TEXT, format: 'plain' }), EMAIL.textBytes),
    headers: {
      References: thread,
      'In-Reply-To': thread,
      'Auto-Submitted': 'auto-generated',
      ...Object.fromEntries(headers),
    },
    ...(configurationSet !== undefined && { configurationSet }),
  };
}

/** Inline styles and tables: mail programs know no more. */
function htmlOf(message: Message): string {
  const { fields, words, content } = message;
  const own = fields.template('html', 'html');
  if (own !== undefined) return cutBytes(own, EMAIL.htmlBytes);
  const { where, since, until, durationMs, howBad, links, summary, name } = words.facts;
  const color = content.status === 'resolved' ? '#1a7f4b' : content.priority < 'P3' ? '#b3261e' : '#9a6700';
  const ended = until === undefined ? '' : `, until ${isoTime(until)}`;
  const rows: readonly (readonly [string, string])[] = [
    ['What', cutText(summary || name, 2_000)],
    ['Where', cutText(where, 1_000)],
    ['Since', `${isoTime(since)} (${humanizeDuration(durationMs)})${ended}`],
    ['How bad', cutText([content.priority, ...howBad].join(', '), 1_000)],
  ];
  const title = words.render({ field: '', template: undefined, fallback: DEFAULT_TITLE, format: 'html' });
  const cells = rows
    .filter(([, text]) => text !== '')
    .map(
      ([what, text]) =>
        `<tr><td style="padding:4px 12px 4px 0;color:#5f6368;vertical-align:top">${what}</td><td style="padding:4px 0">${escapeFor('html', text)}</td></tr>`,
    );
  const buttons = links.map(
    ({ name: words_, url }) => `<td style="padding:4px 16px 4px 0">${linkFor('html', words_, url)}</td>`,
  );
  const body = words.render({ field: '', template: undefined, fallback: HTML_BODY, format: 'html' });
  return cutHtml(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${cutEscaped(title, 300)}</title></head>` +
      '<body style="margin:0;padding:16px;background:#ffffff;color:#202124;font-family:Arial,Helvetica,sans-serif;font-size:14px">' +
      '<table role="presentation" width="100%" style="max-width:640px;border-collapse:collapse"><tr><td>' +
      `<h1 style="font-size:18px;color:${color};margin:0 0 12px">${cutEscaped(title, 600)}</h1>` +
      `<table role="presentation" style="border-collapse:collapse">${cells.join('')}</table>` +
      `<table role="presentation" style="margin:8px 0"><tr>${buttons.join('')}</tr></table>`,
    body,
    '</td></tr></table></body></html>',
  );
}

const HTML_BODY = `{% for remark in remarks %}<p>{{ remark }}</p>
{% endfor %}{% if description != "" %}<p>{{ description }}</p>
{% endif %}{% if alerts.size > 1 %}<p>{{ firingCount }} firing, {{ resolvedCount }} resolved</p>
<ul>{% for alert in listed %}<li>{{ alert.status }}: {{ alert.own | labelPairs | default: alert.labels.alertname | cut: 300 }}{% if alert.summary != "" and alert.summary != summary %}: {{ alert.summary | oneLine | cut: 300 }}{% endif %}</li>
{% endfor %}</ul>{% if unlisted > 0 %}<p>… and {{ unlisted }} more</p>
{% endif %}{% endif %}`;

/** Leaves the middle out if it does not fit: half a tag would break the whole mail. */
function cutHtml(head: string, middle: string, end: string): string {
  const whole = head + middle + end;
  return Buffer.byteLength(whole) <= EMAIL.htmlBytes ? whole : head + end;
}

function addresses({ fields }: Message, name: 'to' | 'from' | 'reply_to'): string[] {
  const list = (fields.template(name) ?? '')
    .split(/[,;]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (!list.every((one) => ADDRESS.test(one))) throw wrong(name, 'e-mail addresses with commas between');
  return list;
}

function headersOf({ fields, words }: Message): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(fields.map('headers'))) {
    const text = words.render({
      field: `headers.${name}`,
      template: String(value),
      fallback: '',
      format: 'plain',
    });
    if (name.toLowerCase() === 'subject') headers.set('subject', text);
    else if (OWN_HEADERS.test(name)) throw wrong(`headers.${name}`, 'the field of that name');
    else if (/^[!-9;-~]{1,126}$/.test(name)) headers.set(name, cutText(oneLine(text), 870));
    else throw wrong('headers', 'names of headers');
  }
  return headers;
}

function wrong(name: string, expected: string): PermanentError {
  return new PermanentError('invalidConfig', `email.${name}: expected ${expected}, got something else`);
}
