// The `http` block, and which of the attributes it looks at can be seen in it.
import { isIP } from 'node:net';
import { rawNumber } from '../../lib/exporters/xray/encode/exact-json.ts';
import type { Event, Integer, Json } from './xray-types.ts';
import { type Attributes, attributesOf, text, wholeNumber } from './xray-values.ts';

const URL_HOSTS = {
  server: ['http.host', 'http.server_name', 'net.host.name', 'host.name', 'server.address'],
  other: ['http.host', 'net.peer.name', 'net.peer.ip', 'server.address'],
};
const URL_PORTS = { server: ['net.host.port', 'server.port'], other: ['net.peer.port', 'server.port'] };

const MAX_URL_CHARS = 4_096;
const MAX_PART_CHARS = 256;

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
      const value = attributes.get(key)?.stringValue;
      if (isText(attributes, key) && isShown(value as string)) shown.add(key);
    }
  };

  const method = last('http.method', 'http.request.method');
  show(['http.method', 'http.request.method'], (value) => value === method);
  const userAgent = last('http.user_agent', 'user_agent.original');
  show(['http.user_agent', 'user_agent.original'], (value) => value === userAgent);
  const { url, used } = requestUrl(attributes, kind, last);
  for (const key of used) shown.add(key);
  const clientIp = clientAddress(attributes);
  show(
    ['http.client_ip', 'client.address', 'net.peer.ip', 'network.peer.address'],
    (value) => value === clientIp,
  );
  const peerKnown = attributes.has('net.peer.ip') || isIp(get('network.peer.address'));
  // What the URL is not made of may still be seen in it.
  if (url !== undefined && url.length <= MAX_URL_CHARS) {
    const isPart = (value: string) => value.length <= MAX_PART_CHARS && url.includes(value);
    show(['http.url', 'url.full', 'http.target', 'url.path', 'url.query'], isPart);
    show([...URL_HOSTS.server, ...URL_HOSTS.other], isPart);
    show(
      ['http.scheme', 'url.scheme'],
      (value) => value.length <= MAX_PART_CHARS && url.startsWith(`${value}://`),
    );
    for (const key of [...URL_PORTS.server, ...URL_PORTS.other]) {
      const port = portText(attributes, key);
      if (port !== undefined && port === effectivePort(url)) shown.add(key);
    }
  }

  const statusKeys = ['http.status_code', 'http.response.status_code'];
  const status = [...attributes]
    .filter(([key, value]) => statusKeys.includes(key) && wholeNumber(value) !== undefined)
    .map(([, value]) => wholeNumber(value))
    .at(-1);
  for (const key of statusKeys) {
    const value = wholeNumber(attributes.get(key));
    if (value !== undefined && value === status) shown.add(key);
  }
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

interface RequestUrl {
  readonly url: string | undefined;
  /** Attributes that the URL is made of. */
  readonly used: readonly string[];
}

function requestUrl(
  attributes: Attributes,
  kind: number,
  last: (...keys: string[]) => string | undefined,
): RequestUrl {
  const full = last('http.url', 'url.full');
  if (full !== undefined) {
    return {
      url: full,
      used: ['http.url', 'url.full'].filter((key) => attributes.get(key)?.stringValue === full),
    };
  }
  const side = kind === 2 ? 'server' : 'other';
  const hostKey = URL_HOSTS[side].find((key) => text(attributes.get(key)) !== undefined);
  if (hostKey === undefined) return { url: undefined, used: [] };
  const scheme = last('http.scheme', 'url.scheme');
  const used = [hostKey];
  const schemeKey = ['http.scheme', 'url.scheme'].find(
    (key) => scheme !== undefined && attributes.get(key)?.stringValue === scheme,
  );
  if (schemeKey !== undefined) used.push(schemeKey);
  const host = text(attributes.get(hostKey)) as string;
  let url = `${scheme ?? 'http'}://${isIp(host) && host.includes(':') ? `[${host}]` : host}`;
  const portKey =
    hostKey === 'http.host'
      ? undefined
      : URL_PORTS[side].find((key) => portText(attributes, key) !== undefined);
  if (portKey !== undefined) {
    const port = portText(attributes, portKey);
    used.push(portKey);
    if (port !== defaultPort(scheme ?? 'http')) url += `:${port}`;
  }
  const target = attributes.get('http.target')?.stringValue;
  if (isText(attributes, 'http.target')) return { url: url + target, used: [...used, 'http.target'] };
  if (isText(attributes, 'url.path')) used.push('url.path');
  url += isText(attributes, 'url.path') ? attributes.get('url.path')?.stringValue : '/';
  if (!isText(attributes, 'url.query')) return { url, used };
  const query = attributes.get('url.query')?.stringValue ?? '';
  return { url: url + (query.startsWith('?') ? '' : '?') + query, used: [...used, 'url.query'] };
}

function isText(attributes: Attributes, key: string): boolean {
  return Object.hasOwn(attributes.get(key) ?? {}, 'stringValue');
}

function portText(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key);
  return text(value) ?? wholeNumber(value)?.toString();
}

function effectivePort(url: string): string | undefined {
  const found = /^([^:/?#]*):\/\/[^/?#]*?(?::(\d+))?(?:[/?#]|$)/.exec(url);
  return found?.[2] ?? defaultPort(found?.[1] ?? '');
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
