// The `http` block, and which of the attributes it looks at can be seen in it.
import { isIP } from 'node:net';
import { rawNumber } from '../../lib/exporters/xray/encode/exact-json.ts';
import type { Event, Integer, Json } from './xray-types.ts';
import { type Attributes, attributesOf, plainText, text, wholeNumber } from './xray-values.ts';

const URL_HOSTS = {
  server: ['http.host', 'http.server_name', 'net.host.name', 'host.name', 'server.address'],
  other: ['http.host', 'net.peer.name', 'net.peer.ip', 'server.address'],
};
const URL_PORTS = { server: ['net.host.port', 'server.port'], other: ['net.peer.port', 'server.port'] };

/** Any of these makes a span an HTTP span. */
const HTTP_ONLY = [
  'http.method',
  'http.request.method',
  'http.client_ip',
  'http.user_agent',
  'user_agent.original',
  'http.status_code',
  'http.response.status_code',
  'http.url',
  'url.full',
  'http.scheme',
  'url.scheme',
  'http.host',
  'http.target',
  'http.server_name',
  'net.host.port',
  'url.path',
  'url.query',
];

export interface HttpBlock {
  readonly http: Json | undefined;
  /** Attributes that are shown and need not be metadata. */
  readonly shown: Set<string>;
}

export function httpBlock(attributes: Attributes, kind: number, events: readonly Event[]): HttpBlock {
  const shown = new Set<string>();
  if (!HTTP_ONLY.some((key) => attributes.has(key))) return { http: undefined, shown };
  const get = (key: string) => text(attributes.get(key));
  const last = (...keys: string[]) =>
    [...attributes.keys()]
      .filter((key) => keys.includes(key) && get(key))
      .map(get)
      .at(-1);
  const show = (keys: string[], isShown: (value: string) => boolean) => {
    for (const key of keys) {
      const value = plainText(attributes.get(key));
      if (value !== undefined && isShown(value)) shown.add(key);
    }
  };

  const method = last('http.method', 'http.request.method');
  show(['http.method', 'http.request.method'], (value) => value === method);
  const userAgent = last('http.user_agent', 'user_agent.original');
  show(['http.user_agent', 'user_agent.original'], (value) => value === userAgent);
  const url = requestUrl(attributes, kind, last);
  const clientIp = clientAddress(attributes);
  show(
    ['http.client_ip', 'client.address', 'net.peer.ip', 'network.peer.address'],
    (value) => value === clientIp,
  );
  const peerKnown = attributes.has('net.peer.ip') || isIp(get('network.peer.address'));
  if (url !== undefined) {
    show(['http.url', 'url.full', 'http.target', 'url.path', 'url.query'], (value) => url.includes(value));
    show([...URL_HOSTS.server, ...URL_HOSTS.other], (value) => url.includes(value));
    show(['http.scheme', 'url.scheme'], (value) => url.startsWith(`${value}://`));
    show([...URL_PORTS.server, ...URL_PORTS.other], (value) => showsPort(url, value));
  }

  const statusKeys = ['http.status_code', 'http.response.status_code'];
  const status = [...attributes]
    .filter(([key, value]) => statusKeys.includes(key) && wholeNumber(value) !== undefined)
    .map(([, value]) => wholeNumber(value))
    .at(-1);
  show(statusKeys, (value) => value === String(status));
  const size = responseSize(attributes, events);
  return {
    http: {
      request: {
        method,
        url,
        user_agent: userAgent,
        client_ip: clientIp,
        x_forwarded_for: (clientIp !== undefined && !peerKnown) || undefined,
      },
      response: { status: exactOrUndefined(status), content_length: size || undefined },
    },
    shown,
  };
}

/** The code that decides about fault and error: the old name first, as in the collector. */
export function statusForFlags(attributes: Attributes): number | undefined {
  const value = attributes.get('http.status_code') ?? attributes.get('http.response.status_code');
  const code = wholeNumber(value);
  return typeof code === 'number' ? code : undefined;
}

function requestUrl(
  attributes: Attributes,
  kind: number,
  last: (...keys: string[]) => string | undefined,
): string | undefined {
  const full = last('http.url', 'url.full');
  if (full !== undefined) return full;
  const side = kind === 2 ? 'server' : 'other';
  const hostKey = URL_HOSTS[side].find((key) => text(attributes.get(key)) !== undefined);
  if (hostKey === undefined) return undefined;
  const scheme = last('http.scheme', 'url.scheme') ?? 'http';
  const host = text(attributes.get(hostKey)) as string;
  let url = `${scheme}://${isIp(host) && host.includes(':') ? `[${host}]` : host}`;
  const port =
    hostKey === 'http.host'
      ? undefined
      : URL_PORTS[side].map((key) => portText(attributes, key)).find((found) => found !== undefined);
  if (port !== undefined && port !== defaultPort(scheme)) url += `:${port}`;
  const target = attributes.get('http.target');
  if (target !== undefined && Object.hasOwn(target, 'stringValue')) return url + target.stringValue;
  url += attributes.get('url.path')?.stringValue ?? '/';
  const query = attributes.get('url.query');
  if (query === undefined || !Object.hasOwn(query, 'stringValue')) return url;
  return url + (query.stringValue?.startsWith('?') ? '' : '?') + query.stringValue;
}

function portText(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key);
  return text(value) ?? wholeNumber(value)?.toString();
}

function showsPort(url: string, port: string): boolean {
  if (port === defaultPort(url.split('://', 1)[0] as string)) return true;
  const at = url.indexOf(`:${port}`);
  return at >= 0 && !/\d/.test(url[at + port.length + 1] ?? '');
}

function defaultPort(scheme: string): string | undefined {
  return { http: '80', https: '443' }[scheme];
}

function clientAddress(attributes: Attributes): string | undefined {
  let client: string | undefined;
  let peer: string | undefined;
  for (const [key, value] of attributes) {
    const address = text(value);
    if (address === undefined) continue;
    if (key === 'http.client_ip' || (key === 'client.address' && isIp(address))) client = address;
    if (key === 'net.peer.ip' || (key === 'network.peer.address' && isIp(address))) peer ??= address;
  }
  return client ?? peer;
}

function isIp(address: string | undefined): boolean {
  return address !== undefined && isIP(address) !== 0 && !address.includes('%');
}

function responseSize(attributes: Attributes, events: readonly Event[]): unknown {
  for (const source of [attributes, ...events.map((event) => attributesOf(event.attributes))]) {
    if (text(source.get('message.type')) !== 'RECEIVED') continue;
    const size = source.get('messaging.message_payload_size_bytes')?.intValue;
    if (size !== undefined && wholeNumber({ intValue: size as Integer }) !== 0)
      return exactOrUndefined(wholeNumber({ intValue: size }));
  }
  return exactOrUndefined(wholeNumber(attributes.get('http.response.body.size')));
}

function exactOrUndefined(value: number | bigint | undefined): unknown {
  return typeof value === 'bigint' ? rawNumber(String(value)) : value;
}
