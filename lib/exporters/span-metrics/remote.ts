// Who a service called: the remote of a CLIENT or PRODUCER span.
import { destinationOf, OTHER } from './operation.ts';
import { KEY, type SpanFacts } from './span-attributes.ts';

/** Stands for addresses that are no names: they change with each deployment of the other side. */
const IP = '_ip';

/** The remote: its service's name where the span says one, else the AWS service, database, queue, rpc service or host. */
export function remoteOf(facts: SpanFacts): string {
  const service =
    facts.text(KEY['aws.remote.service']) ??
    facts.text(KEY['peer.service']) ??
    facts.text(KEY['service.peer.name']);
  if (service !== undefined) return withoutAddress(service);
  if (facts.text(KEY['rpc.system']) === 'aws-api') return facts.text(KEY['rpc.service']) ?? OTHER;
  const host = hostOf(facts);
  const database = facts.text(KEY['db.system.name']) ?? facts.text(KEY['db.system']);
  if (database !== undefined) return host === undefined ? database : `${database}@${host}`;
  const broker = facts.text(KEY['messaging.system']);
  const destination = destinationOf(facts);
  if (broker !== undefined) return destination === undefined ? broker : `${broker} ${destination}`;
  return facts.text(KEY['rpc.service']) ?? host ?? OTHER;
}

function hostOf(facts: SpanFacts): string | undefined {
  const host =
    facts.text(KEY['server.address']) ??
    facts.text(KEY['net.peer.name']) ??
    facts.text(KEY['http.host'])?.toLowerCase() ??
    hostOfUrl(facts.text(KEY['url.full']) ?? facts.text(KEY['http.url']));
  return host === undefined ? undefined : withoutAddress(withoutPort(host));
}

function hostOfUrl(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url)?.[1];
}

function withoutPort(host: string): string {
  return host.includes(':') ? host.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1') : host;
}

/** `_ip` for an address, with or without a port, and for the names that EC2 makes of addresses. */
function withoutAddress(name: string): string {
  const bare = withoutPort(name);
  const isAddress =
    /^\d{1,3}(\.\d{1,3}){3}$/.test(bare) ||
    (bare.includes(':') && /^[0-9a-f:.%]+$/i.test(bare)) ||
    /^(ip|ec2)(-\d{1,3}){4}(\.|$)/.test(bare);
  return isAddress ? IP : name;
}
