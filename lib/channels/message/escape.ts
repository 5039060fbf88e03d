// How a value is written so that the receiver shows it as it is, by what the receiver takes.
import { cutText } from '../cut.ts';

/** `plain` as it is; `slack` mrkdwn; `html`; `markdown` of Teams, Discord, Webex and Mattermost. */
export type TextFormat = 'plain' | 'slack' | 'html' | 'markdown';

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Words that call a whole channel. */
const EVERYBODY = /@(?=channel|all|here|everyone)/gi;

/** @example escapeFor('slack', 'a < b') // 'a &lt; b' */
export function escapeFor(format: TextFormat, text: string): string {
  switch (format) {
    case 'plain':
      return text;
    // Only these three mean something: "<!channel>" in a label must call nobody.
    case 'slack':
      return text.replace(/[&<>]/g, (character) => HTML[character]!);
    case 'html':
      return text.replace(/[&<>"']/g, (character) => HTML[character]!);
    case 'markdown':
      return text.replace(/[\\`*_[\]~|<>#]/g, (character) => `\\${character}`).replace(EVERYBODY, '@\u200b');
  }
}

/** At most `max` characters of text that is escaped for HTML or Slack, without half of an escape or a link at its end. */
export function cutEscaped(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  return cutText(text, max).replace(/(?:&[a-z0-9#]{0,5}|<[^>]*)…$/, '…');
}

/** A link with words on it; the address is one that isAddress() takes. */
export function linkFor(format: TextFormat, name: string, url: string): string {
  switch (format) {
    case 'plain':
      return `${name}: ${url}`;
    case 'slack':
      return `<${escapeFor('slack', url).replaceAll('|', '%7C')}|${escapeFor('slack', name)}>`;
    case 'html':
      return `<a href="${escapeFor('html', url)}">${escapeFor('html', name)}</a>`;
    case 'markdown':
      return `[${name}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`;
  }
}
