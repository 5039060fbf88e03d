// Who a service called: the remote of a CLIENT or PRODUCER span.
import { destinationOf, OTHER } from './operation.ts';
import type { SpanFacts } from './span-attributes.ts';

/** Stands for addresses that are no names: they change with each deployment of the other side. */
const IP = '_ip';

/** The remote: its service's name where the span says one, else the AWS service, database, queue, rpc service or host. */
export function remoteOf(facts: SpanFacts): string {
  const service =
    facts.text('aws.remote.service') ?? facts.text('peer.service') ?? facts.text('service.peer.name');
  if (service !== undefined) return service;
  if (facts.text('rpc.system') === 'aws-api') return facts.text('rpc.service') ?? OTHER;
  const host = hostOf(facts);
  const database = facts.text('db.system.name') ?? facts.text('db.system');
  if (database !== undefined) return host === undefined ? database : `${database}@${host}`;
  const broker = facts.text('messaging.system');
  const destination = destinationOf(facts);
  if (broker !== undefined) return destination === undefined ? broker : `${broker} ${destination}`;
  return facts.text('rpc.service') ?? host ?? OTHER;
}

function hostOf(facts: SpanFacts): string | undefined {
  const named =
    facts.text('server.address') ?? facts.text('net.peer.name') ?? facts.text('http.host')?.toLowerCase();
  const host = named ?? hostOfUrl(facts.text('url.full') ?? facts.text('http.url'));
  if (host === undefined) return undefined;
  const bare = host.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1');
  return isAddress(bare) ? IP : bare;
}

function hostOfUrl(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url)?.[1];
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || (host.includes(':') && /^[0-9a-f:.%]+$/i.test(host));
}
