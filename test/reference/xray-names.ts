// The name of a segment: first of a list of sources, cleaned for X-Ray.
import { databaseHost } from '../../lib/exporters/xray/encode/database-host.ts';
import type { Span } from './xray-types.ts';
import { type Attributes, text } from './xray-values.ts';

export interface NameContext {
  readonly span: Span;
  readonly attributes: Attributes;
  readonly serviceName: string | undefined;
  readonly localRoot: boolean;
  /** The segment has no parent, or one in another process. */
  readonly root: boolean;
}

export function segmentName(context: NameContext): string {
  return (
    sources(context).find((name) => name !== '') ||
    clean(context.span.name ?? '', /[^ 0-9\p{L}_.:/%&#=+\-@]/gu) ||
    'span'
  );
}

/** Name of the service segment of a split span; falls back to the usual sources. */
export function serviceSegmentName(context: NameContext): string {
  const own = text(context.attributes.get('aws.local.service'));
  return cleanName(own) || cleanName(context.serviceName) || segmentName(context);
}

function sources({ span, attributes, serviceName, localRoot, root }: NameContext): string[] {
  const get = (key: string) => cleanName(text(attributes.get(key)));
  const kind = span.kind ?? 0;
  const marked = text(attributes.get('aws.span.kind')) === 'LOCAL_ROOT';
  const remote = kind === 3 || kind === 4;
  const newNames = kind === 2 ? [] : [withHost(get('db.namespace'), text(attributes.get('server.address')))];
  return [
    kind === 2 || (kind === 1 && localRoot && marked) ? get('aws.local.service') : '',
    remote || kind === 5 ? cleanName(remoteService(attributes)) : '',
    get('peer.service'),
    get('aws.service'),
    withHost(get('db.name'), databaseHost(text(attributes.get('db.connection_string')) ?? '')),
    kind === 2 ? cleanName(serviceName) : '',
    get('rpc.service'),
    get('http.host'),
    get('net.peer.name'),
    // The collector stops here.
    ...newNames,
    remote ? get('messaging.destination.name') : '',
    remote ? get('server.address') : '',
    (kind === 1 || kind === 5) && root ? cleanName(serviceName) : '',
  ];
}

/** Cleaned name of the called service, if the span names one. */
export function remoteServiceName(attributes: Attributes): string | undefined {
  return cleanName(remoteService(attributes)) || undefined;
}

function remoteService(attributes: Attributes): string | undefined {
  const name = text(attributes.get('aws.remote.service'));
  return text(attributes.get('rpc.system')) === 'aws-api' ? name?.replace(/^(AWS\.SDK\.|AWS::)/, '') : name;
}

function withHost(name: string, host: string | undefined): string {
  return name === '' || host === undefined ? name : cleanName(`${name}@${host}`);
}

function cleanName(name: string | undefined): string {
  return clean(name ?? '', /[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu).replace(/\s/g, ' ');
}

function clean(name: string, outside: RegExp): string {
  const short = name.replace(outside, '').slice(0, 200);
  return short.isWellFormed() ? short : short.slice(0, -1);
}
