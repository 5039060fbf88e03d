// What a service was asked to do: the operation of a SERVER or CONSUMER span. Never a raw path.
import { SPAN_KINDS } from '../../telemetry/span-view.ts';
import { KEY, type SpanFacts } from './span-attributes.ts';
import { templated } from './templated.ts';

/** Stands for operations without a name of their own, and for those above the cap. */
export const OTHER = '_other';

/** Methods that may be part of a name; others are `_OTHER`, as the semantic conventions want. */
const METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/**
 * The operation: what the SDK calls so, else the route with its method, the rpc method, the message destination.
 * An HTTP request without a route is `GET _other`: its path would be a new operation for each id and each scanner.
 * Anything else is the span's name without what looks like an id.
 */
export function operationOf(facts: SpanFacts, kind: number): string {
  const named = facts.text(KEY['aws.local.operation']);
  if (named !== undefined) return templated(named);
  const route = facts.text(KEY['http.route']);
  const method = methodOf(facts);
  if (route !== undefined) return method === undefined ? route : `${method} ${route}`;
  const rpc = rpcMethod(facts);
  if (rpc !== undefined) return rpc;
  if (kind === SPAN_KINDS.consumer || facts.text(KEY['messaging.system']) !== undefined) {
    const destination = destinationOf(facts);
    if (destination !== undefined) return `${messageOperation(facts)} ${destination}`;
  }
  const path = facts.text(KEY['url.path']) ?? facts.text(KEY['http.target'])?.split('?')[0];
  if (method !== undefined || path !== undefined) return routeInName(facts.name, method, path);
  return withoutPath(templated(facts.name).trim()) || OTHER;
}

/** A path in a name that no attribute explains: kept when it is a template, since a raw one has a value a request. */
function withoutPath(name: string): string {
  const [, before, path] = /^(?:(\S+) )?(\/\S*)$/.exec(name) ?? [];
  if (path === undefined || /[{<*[]|\/:/.test(path)) return name;
  return before === undefined ? OTHER : `${before} ${OTHER}`;
}

function methodOf(facts: SpanFacts): string | undefined {
  const method = (facts.text(KEY['http.request.method']) ?? facts.text(KEY['http.method']))?.toUpperCase();
  return method === undefined || METHODS.has(method) ? method : '_OTHER';
}

/** Some frameworks put the route into the span's name only: `GET /users/:id`. Told from a path by being another. */
function routeInName(name: string, method: string | undefined, path: string | undefined): string {
  const [first, second, ...more] = name.split(' ');
  const isRoute =
    first === method && more.length === 0 && second?.startsWith('/') && templated(second) === second;
  if (isRoute && path !== undefined && second !== path) return name;
  return method === undefined ? OTHER : `${method} ${OTHER}`;
}

/** `package.Service/Method`, whichever of the two conventions says it. */
function rpcMethod(facts: SpanFacts): string | undefined {
  const method = facts.text(KEY['rpc.method']);
  const service = facts.text(KEY['rpc.service']);
  if (method === undefined || service === undefined) return method ?? service;
  return method.includes('/') ? method : `${service}/${method}`;
}

function messageOperation(facts: SpanFacts): string {
  return (
    facts.text(KEY['messaging.operation.name']) ??
    facts.text(KEY['messaging.operation.type']) ??
    facts.text(KEY['messaging.operation']) ??
    'process'
  );
}

/** Queue or topic; those made for one client and gone with it have one name together. */
export function destinationOf(facts: SpanFacts): string | undefined {
  const template = facts.text(KEY['messaging.destination.template']);
  if (template !== undefined) return template;
  const isPassing =
    facts.text(KEY['messaging.destination.temporary']) === 'true' ||
    facts.text(KEY['messaging.destination.anonymous']) === 'true';
  if (isPassing) return '_temporary';
  const name = facts.text(KEY['messaging.destination.name']);
  return name === undefined ? undefined : templated(name);
}
