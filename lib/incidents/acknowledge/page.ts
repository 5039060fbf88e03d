// The pages behind a link that acknowledges: small, readable by screen readers and on a phone at night, without scripts.
import type { ApiResponse } from '../../api/route.ts';
import type { Incident } from '../incident/incident.ts';

export type PageKind = 'ask' | 'done' | 'already' | 'over' | 'firesAgain' | 'expired' | 'forged' | 'gone';

const STATUS: Readonly<Record<PageKind, number>> = {
  ask: 200,
  done: 200,
  already: 200,
  over: 200,
  firesAgain: 409,
  expired: 410,
  forged: 403,
  gone: 410,
};

const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

const STYLE =
  'body{font:1.125rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}' +
  'h1{font-size:1.5rem}dt{font-weight:600}dd{margin:0 0 .5rem}' +
  'button{font:inherit;font-weight:600;padding:.75rem 1.5rem;border:2px solid #0b4f9e;border-radius:.25rem;background:#0b4f9e;color:#fff}' +
  'button:focus-visible{outline:3px solid #f2a900;outline-offset:3px}' +
  '@media(prefers-color-scheme:dark){body{color:#f0f0f0;background:#121212}}';

/**
 * @param incident what it is about; undefined when the link does not say so credibly
 * @param recipient whom the link was sent to
 */
export function acknowledgePage(kind: PageKind, incident?: Incident, recipient = ''): ApiResponse {
  const { heading, text } = words(kind, incident);
  const button =
    kind === 'ask'
      ? `<form method="post"><button type="submit">Acknowledge as ${escaped(recipient)}</button></form>`
      : '';
  const details = incident === undefined ? '' : detailsOf(incident);
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(heading)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(heading)}</h1><p>${escaped(text)}</p>${details}${button}</main></body></html>
`;
  return { status: STATUS[kind], headers: HEADERS, body };
}

function words(kind: PageKind, incident: Incident | undefined): { heading: string; text: string } {
  const by = incident?.acknowledgedBy ?? '';
  switch (kind) {
    case 'ask':
      return {
        heading: 'Acknowledge this incident?',
        text: 'Nobody has acknowledged it yet. When you do, nobody else is called.',
      };
    case 'done':
      return {
        heading: 'Acknowledged',
        text: 'Nobody else is called. The incident stays open until it is resolved.',
      };
    case 'already':
      return { heading: 'Already acknowledged', text: `By ${by}. There is nothing left to do here.` };
    case 'over':
      return { heading: 'Resolved', text: 'This incident is over. There is nothing to acknowledge.' };
    case 'firesAgain':
      return {
        heading: 'It fires again',
        text: 'This link is of an earlier time. Use the one in the latest message.',
      };
    case 'expired':
      return {
        heading: 'This link has expired',
        text: 'Use the one in the latest message, or the command "tidewatch incidents ack".',
      };
    case 'forged':
      return {
        heading: 'This link is not valid',
        text: 'It is not complete, or it was changed. Copy it again from the message, the whole line.',
      };
    case 'gone':
      return { heading: 'There is no such incident', text: 'It was deleted long after it was resolved.' };
  }
}

function detailsOf({ id, title, priority, firedAt, groups }: Incident): string {
  const rows: readonly (readonly [string, string])[] = [
    ['What', title],
    ['Priority', priority],
    [
      'Since',
      new Date(firedAt)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC'),
    ],
    ...(groups.length > 1 ? [['Groups', groups.map((group) => group.title).join('; ')] as const] : []),
    ['Incident', id],
  ];
  return `<dl>${rows.map(([name, text]) => `<dt>${name}</dt><dd>${escaped(text)}</dd>`).join('')}</dl>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
