// A group → a Slack message: a title for the list of channels, and blocks that keep every limit.
import { SLACK_ACTIONS } from '../../model/slack-actions.ts';
import type { Message } from '../channel.ts';
import { cutText } from '../cut.ts';
import { SLACK } from '../limits.ts';
import { DEFAULT_BODY, DEFAULT_TITLE } from '../message/default-templates.ts';
import { cutEscaped, escapeFor } from '../message/escape.ts';
import { isAddress } from '../message/facts.ts';
import { humanizeDuration, isoTime } from '../message/filters.ts';

export interface SlackMessage {
  /** For notifications and for those who cannot see blocks. */
  readonly text: string;
  readonly attachments: readonly [SlackAttachment];
  readonly channel?: string;
  readonly username?: string;
  readonly icon_emoji?: string;
  readonly icon_url?: string;
}

export interface SlackAttachment {
  readonly color: string;
  readonly fallback: string;
  readonly blocks: readonly object[];
}

const COLORS = { resolved: '#2eb67d', P1: '#e01e5a', P2: '#e01e5a', P3: '#ecb22e', P4: '#36c5f0' } as const;

export function slackMessage(message: Message): SlackMessage {
  const { fields, content } = message;
  const title = fields.write('title', { fallback: DEFAULT_TITLE, format: 'slack' });
  const text = cutEscaped(title, SLACK.text);
  const color = content.status === 'resolved' ? COLORS.resolved : COLORS[content.priority];
  const optional = {
    channel: fields.template('channel'),
    username: fields.template('username'),
    icon_emoji: fields.template('icon_emoji'),
    icon_url: fields.template('icon_url'),
  };
  return {
    ...present(optional),
    text,
    attachments: [
      {
        color: fields.template('color') ?? color,
        fallback: cutEscaped(fields.template('fallback', 'slack') ?? title, SLACK.text),
        blocks: slackBlocks(message, title),
      },
    ],
  };
}

/** In this order: what the rest says must not crowd out where and since when. */
function slackBlocks(message: Message, title: string): object[] {
  const { fields, content, words } = message;
  let left: number = SLACK.allText;
  const section = (text: string, max: number = SLACK.sectionText): object[] => {
    const kept = cutEscaped(text, Math.min(max, left));
    left -= kept.length;
    return kept.trim() === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: kept } }];
  };
  const facts = factFields(message);
  left -= facts.reduce((sum, { text }) => sum + text.length, 0);
  const buttons = buttonsOf(message);
  left -= buttons.reduce((sum, { text }) => sum + text.text.length, 0);
  const blocks = [
    ...section(headingOf(message, title)),
    ...(facts.length > 0 ? [{ type: 'section', fields: facts }] : []),
  ];
  const body = fields.write('text', { fallback: DEFAULT_BODY, format: 'slack' });
  // One section takes 3,000 characters; two are as much as anybody reads.
  const first = cutAtLine(body, SLACK.sectionText);
  blocks.push(...section(first), ...section(body.slice(first.length)));
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  const footer = `${escapeFor('slack', content.receiver)} · ${words.facts.firing.length} firing, ${words.facts.resolved.length} resolved`;
  blocks.push({
    type: 'context',
    elements: [{ type: 'mrkdwn', text: cutEscaped(footer, 300) }],
  });
  return blocks.slice(0, SLACK.blocks);
}

/** @param title escaped already */
function headingOf({ fields }: Message, title: string): string {
  const shown = cutEscaped(title, 400);
  const link = fields.template('title_link') ?? '';
  if (!isAddress(link) || link.length > 2_000) return `*${shown}*`;
  return `*<${escapeFor('slack', link).replaceAll('|', '%7C')}|${shown}>*`;
}

interface FactField {
  readonly type: 'mrkdwn';
  readonly text: string;
}

function factFields({ words, content }: Message): FactField[] {
  const { where, since, until, durationMs, howBad } = words.facts;
  const ended = until === undefined ? '' : `, until ${isoTime(until)}`;
  const facts: readonly (readonly [string, string])[] = [
    ['Where', where],
    ['Since', `${isoTime(since)} (${humanizeDuration(durationMs)})${ended}`],
    ['How bad', [content.priority, ...howBad].join(', ')],
  ];
  return facts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => ({
      type: 'mrkdwn',
      text: cutEscaped(`*${name}*\n${escapeFor('slack', cutText(text, 800))}`, SLACK.fieldText),
    }));
}

interface Button {
  readonly type: 'button';
  readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: true };
  readonly action_id: string;
  readonly url?: string;
  readonly value?: string;
  readonly style?: 'primary';
}

/** Buttons that lead somewhere, and, for an app that takes interactions, those that act. */
function buttonsOf({ words, content, fields }: Message): Button[] {
  const interactive = fields.boolean('interactive') === true && content.status === 'firing';
  const acting: Button[] = [];
  const { acknowledge, incident: page } = content.links;
  // The signed part of the link where there is one: the button then counts for this firing only.
  const incident = (acknowledge ?? page)?.split('/').at(-1) ?? '';
  if (interactive && incident !== '' && incident.length <= SLACK.buttonValue) {
    acting.push(button('Acknowledge', SLACK_ACTIONS.acknowledge, { value: incident, style: 'primary' }));
  }
  const labels = JSON.stringify(content.groupLabels);
  if (interactive && labels.length <= SLACK.buttonValue && labels !== '{}') {
    acting.push(button('Silence 1 h', SLACK_ACTIONS.silence, { value: labels }));
  }
  const names = new Set(acting.map(({ text }) => text.text));
  const leading = words.facts.links
    .filter(
      ({ name, url }) => !names.has(name) && url.length <= SLACK.buttonUrl && !url.startsWith('mailto:'),
    )
    .map(({ name, url }) => button(name, `tidewatch_link_${name.toLowerCase()}`, { url }));
  return [...acting, ...leading];
}

function button(text: string, action_id: string, rest: Pick<Button, 'url' | 'value' | 'style'>): Button {
  return { type: 'button', text: { type: 'plain_text', text, emoji: true }, action_id, ...rest };
}

/** As much as fits, up to the end of a line if there is one. */
function cutAtLine(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = text.lastIndexOf('\n', max - 1);
  return end > 0 ? text.slice(0, end + 1) : text.slice(0, max - 1).toWellFormed();
}

function present<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
