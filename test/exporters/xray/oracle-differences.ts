// Where our documents differ from the collector's on purpose. Every difference that the oracle's cases show must be one
// of these; docs/xray-differences.md is written from this table.
import type { Difference, Document, OracleCase } from './oracle.ts';

/** A difference in its surroundings. */
export interface Seen extends Difference {
  readonly case: OracleCase;
  /** Values by key, of all spans, events and links of the case. */
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly resource: ReadonlyMap<string, unknown>;
}

export interface Purpose {
  readonly id: string;
  readonly section: (typeof SECTIONS)[number];
  readonly collector: string;
  readonly tidewatch: string;
  readonly why: string;
  /** Undefined: the oracle has no case of it, other tests hold it. */
  readonly matches?: (seen: Seen) => boolean;
}

export const SECTIONS = [
  'Which spans',
  'Names',
  'HTTP',
  'Databases',
  'Exceptions',
  'Attributes',
  'Local roots',
  'Times',
  'Limits',
] as const;

const NAME = /^documents\[\d+\]\.name$/;
const URL_PATH = /\.http\.request\.url$/;
const NOTE = /^documents\[\d+\]\.(?:annotations|metadata\.default)\.(.+)$/;
const STACK = /\.cause\.exceptions/;
const WHOLE = /^documents\[\d+\]$/;

const SCRIPT_LANGUAGES = ['javascript', 'nodejs', 'webjs'];
const COLLECTOR_LANGUAGES = ['java', 'javascript', 'python', 'dotnet', 'php', 'go'];

function noteKey({ path }: Difference): string | undefined {
  return NOTE.exec(path)?.[1];
}

function isNew({ expected, actual }: Difference): boolean {
  return expected === undefined && actual !== undefined;
}

function isGone({ expected, actual }: Difference): boolean {
  return expected !== undefined && actual === undefined;
}

function language({ resource }: Seen): string {
  return String(resource.get('telemetry.sdk.language') ?? '');
}

/** @param keys any of which gives the name */
function isNameFrom(seen: Seen, ...keys: string[]): boolean {
  const values = keys.flatMap((key) => seen.attributes.get(key) ?? seen.resource.get(key) ?? []);
  return NAME.test(seen.path) && values.some((value) => cleaned(value) === seen.actual);
}

/** What X-Ray accepts of a name, as its documentation has it. */
function cleaned(name: unknown): string {
  return String(name)
    .replace(/[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu, '')
    .slice(0, 200);
}

function isLost({ case: { collector } }: Seen, what: 'panic' | 'not translated'): boolean {
  return collector?.[what] !== undefined;
}

/** Whether a block of the document's own shows the attribute now. */
function isConsumedNow(seen: Seen, keys: RegExp): boolean {
  return isGone(seen) && keys.test(noteKey(seen) ?? '');
}

/** An attribute of a span or event, as the request has it, that the collector's document does not have. */
function isSwallowed(seen: Seen): boolean {
  const key = noteKey(seen);
  return key !== undefined && isNew(seen) && !key.startsWith('otel.resource.') && hasAttribute(seen, key);
}

/** Keys of annotations have underscores in place of what X-Ray does not index. */
function hasAttribute({ attributes }: Seen, key: string): boolean {
  return (
    attributes.has(key) || [...attributes.keys()].some((name) => name.replace(/[^A-Za-z0-9.]/g, '_') === key)
  );
}

/** Whether the value is a text, a number or a boolean; bytes are shown as text. */
function isPlain({ path, actual, attributes }: Seen): boolean {
  return !isComposite(actual) && !isComposite(attributes.get(NOTE.exec(path)?.[1] ?? ''));
}

function isComposite(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

const SQL_KEYS = /^(db\.(namespace|query\.text|system|system\.name|name|statement|user|connection_string))$/;

export const PURPOSES: readonly Purpose[] = [
  {
    id: 'panics',
    section: 'Which spans',
    collector:
      'crashes in some stack traces; the sender sees a closed connection, all spans of the request are lost',
    tidewatch: 'writes the document, with the frames that can be read',
    why: 'nothing that a program throws may cost its trace',
    matches: (seen) => WHOLE.test(seen.path) && isNew(seen) && isLost(seen, 'panic'),
  },
  {
    id: 'nan',
    section: 'Which spans',
    collector: 'drops a span that has NaN or an infinity anywhere, with 200 for the sender',
    tidewatch: 'keeps it; the numbers become the texts "NaN", "Infinity" and "-Infinity"',
    why: 'JSON has no such numbers, and a span is worth more than one of its values',
    matches: (seen) => WHOLE.test(seen.path) && isNew(seen) && isLost(seen, 'not translated'),
  },
  {
    id: 'ids',
    section: 'Which spans',
    collector: 'passes on spans whose trace or span id is missing or zeros',
    tidewatch: 'leaves them out and counts them (`invalidTraceId`, `invalidSpanId`)',
    why: 'OTLP calls such spans invalid, and X-Ray cannot show them',
    matches: (seen) => WHOLE.test(seen.path) && isGone(seen) && hasZeroId(seen.expected as Document),
  },
  {
    id: 'name-cleaned',
    section: 'Names',
    collector:
      'cleans only names that come from the name of the span, and cuts them at 200 bytes, in the middle of a letter if need be; others pass as they are',
    tidewatch:
      'cleans every name and cuts it at 200 characters. Names of spans lose what the collector takes from them; names of services only what X-Ray does not accept',
    why: 'X-Ray refuses the segment otherwise. The larger set for services keeps them the nodes that the collector makes of them',
    matches: (seen) =>
      NAME.test(seen.path) && typeof seen.expected === 'string' && cleaned(seen.expected) === seen.actual,
  },
  {
    id: 'name-database',
    section: 'Names',
    collector: 'knows `db.name` with the host, but not `db.namespace`',
    tidewatch: 'names the call `db.namespace@server.address` for every kind but SERVER',
    why: 'current database conventions; the same node as with the old ones',
    matches: (seen) =>
      NAME.test(seen.path) &&
      seen.actual === `${seen.attributes.get('db.namespace')}@${seen.attributes.get('server.address')}`,
  },
  {
    id: 'name-destination',
    section: 'Names',
    collector: 'names messaging calls after the span',
    tidewatch: 'takes `messaging.destination.name` for CLIENT and PRODUCER',
    why: 'a queue is a node of the service map',
    matches: (seen) => isNameFrom(seen, 'messaging.destination.name'),
  },
  {
    id: 'name-server-address',
    section: 'Names',
    collector: 'names calls with current conventions after the span',
    tidewatch: 'takes `server.address` for CLIENT and PRODUCER where no better name is given',
    why: 'the successor of `net.peer.name`, which the collector takes',
    matches: (seen) => isNameFrom(seen, 'server.address'),
  },
  {
    id: 'name-service',
    section: 'Names',
    collector: 'names INTERNAL and CONSUMER roots after the span',
    tidewatch: 'takes `service.name` when the span has no parent, a remote parent (flags) or is a local root',
    why: 'each span name was a service of its own on the map',
    matches: (seen) => isNameFrom(seen, 'service.name'),
  },
  {
    id: 'name-empty-service',
    section: 'Names',
    collector:
      'writes no name where `aws.local.service` or `aws.remote.service` is empty; X-Ray refuses the segment',
    tidewatch: 'takes empty ones for absent',
    why: 'a segment needs a name',
    matches: (seen) => NAME.test(seen.path) && isNew(seen),
  },
  {
    id: 'url-host',
    section: 'HTTP',
    collector: 'writes `http:///path` for clients without `url.full`',
    tidewatch: 'takes host and port from `server.address` and `server.port`',
    why: 'the URL of the call is what people look for',
    matches: (seen) => URL_PATH.test(seen.path) && isGivenAHost(seen),
  },
  {
    id: 'url-no-host',
    section: 'HTTP',
    collector: 'writes `http:///path` where no host is known, also with the address of a peer as host',
    tidewatch: 'writes no URL; its parts stay in the metadata',
    why: 'it is no URL',
    matches: (seen) =>
      URL_PATH.test(seen.path) && isGone(seen) && /^https?:\/\/\//.test(String(seen.expected)),
  },
  {
    id: 'url-ipv6',
    section: 'HTTP',
    collector: 'writes IPv6 hosts without brackets',
    tidewatch: 'writes `http://[2001:db8::1]:8080/`',
    why: 'otherwise the port cannot be told from the address',
  },
  {
    id: 'body-size',
    section: 'HTTP',
    collector: 'does not read `http.response.body.size`',
    tidewatch: 'takes it for `content_length`, where the old name is absent',
    why: 'current HTTP conventions',
    matches: (seen) => /\.http\.response\.content_length$/.test(seen.path) && isNew(seen),
  },
  {
    id: 'status-types',
    section: 'HTTP',
    collector: 'writes 0 for a status code that is a text or a double',
    tidewatch: 'reads both, and sets `error`, `throttle` and `fault` by it',
    why: 'some SDKs write `"404"`',
    matches: (seen) =>
      /\.(http\.response\.status|error|fault|throttle)$/.test(seen.path) && hasOddStatus(seen.attributes),
  },
  {
    id: 'sql-conventions',
    section: 'Databases',
    collector: 'makes no sql block of `db.system.name`, `db.namespace` and `db.query.text`',
    tidewatch: 'does, with `server.address` (and port) / namespace as connection string',
    why: 'current database conventions',
    matches: (seen) =>
      seen.attributes.has('db.system.name') &&
      ((/\.sql$/.test(seen.path) && isNew(seen)) || isConsumedNow(seen, SQL_KEYS)),
  },
  {
    id: 'sql-systems',
    section: 'Databases',
    collector: 'knows a list of SQL systems, in small letters',
    tidewatch: 'also takes cockroachdb, redshift, h2 and others, in any case',
    why: 'they speak SQL',
    matches: (seen) =>
      seen.attributes.has('db.system') &&
      ((/\.sql$/.test(seen.path) && isNew(seen)) || isConsumedNow(seen, SQL_KEYS)),
  },
  {
    id: 'stack-javascript',
    section: 'Exceptions',
    collector:
      'splits JavaScript frames at the first colon, leaves a blank behind labels, reads neither Firefox frames nor `[cause]`',
    tidewatch: 'splits from the right, trims, reads all of them; causes become exceptions of their own',
    why: '`file:///`, `node:` and `C:\\` were cut',
    matches: (seen) => STACK.test(seen.path) && language(seen) === 'javascript',
  },
  {
    id: 'stack-node',
    section: 'Exceptions',
    collector: 'reads no stacks of the SDKs for Node.js (`nodejs`) and browsers (`webjs`)',
    tidewatch: 'reads them as JavaScript',
    why: 'these are what the SDKs are called',
    matches: (seen) => STACK.test(seen.path) && SCRIPT_LANGUAGES.includes(language(seen)),
  },
  {
    id: 'stack-python',
    section: 'Exceptions',
    collector: 'gets lost in `raise … from`, exception groups, paths with a comma, causes without a message',
    tidewatch: 'reads them; the frames of the last exception are its own',
    why: '',
    matches: (seen) => STACK.test(seen.path) && language(seen) === 'python',
  },
  {
    id: 'stack-dotnet',
    section: 'Exceptions',
    collector:
      'takes the frames of inner exceptions for those of the outer one, splits a frame at its first ` in `',
    tidewatch: 'makes inner exceptions causes, splits behind the parameters',
    why: '',
    matches: (seen) => STACK.test(seen.path) && language(seen) === 'dotnet',
  },
  {
    id: 'stack-go',
    section: 'Exceptions',
    collector: 'gives a frame without a path the path before it, reads headers of goroutines as frames',
    tidewatch: 'does not',
    why: '',
    matches: (seen) => STACK.test(seen.path) && language(seen) === 'go',
  },
  {
    id: 'stack-php',
    section: 'Exceptions',
    collector: 'reads PHP stacks only in the form of Java',
    tidewatch: 'also reads `#0 file(line): call`',
    why: 'it is what `getTraceAsString()` returns',
    matches: (seen) => STACK.test(seen.path) && language(seen) === 'php',
  },
  {
    id: 'stack-others',
    section: 'Exceptions',
    collector: 'reads no stacks of Ruby, Rust, C++, Elixir, and none where the resource names no language',
    tidewatch: 'reads them; without a language the stack itself tells',
    why: '',
    matches: (seen) => STACK.test(seen.path) && !COLLECTOR_LANGUAGES.includes(language(seen)) && isNew(seen),
  },
  {
    id: 'swallowed',
    section: 'Attributes',
    collector:
      'loses attributes that its http and aws blocks look at but do not show (`server.address` of a database call, `host.name`, `client.address` that is no IP), and the second of two names for one thing',
    tidewatch: 'keeps them in the metadata, or as annotations where asked for',
    why: 'attributes are what people search for',
    matches: (seen) => isSwallowed(seen) && !isBeyondLimit(seen) && isPlain(seen),
  },
  {
    id: 'composites',
    section: 'Attributes',
    collector: 'loses, with all attributes indexed, lists, maps and bytes',
    tidewatch: 'writes them to the metadata; without indexing as well',
    why: 'they cannot be indexed, but are not worth less',
    matches: (seen) => /\.metadata\.default\./.test(seen.path) && isSwallowed(seen) && !isBeyondLimit(seen),
  },
  {
    id: 'user-number',
    section: 'Attributes',
    collector: 'loses an `enduser.id` that is a number',
    tidewatch: 'writes its digits as `user`',
    why: '',
    matches: (seen) =>
      /\.user$/.test(seen.path) && isNew(seen) && typeof seen.attributes.get('enduser.id') !== 'string',
  },
  {
    id: 'digits',
    section: 'Attributes',
    collector: 'rounds integers beyond 2^53 in `aws.xray.metadata.*`',
    tidewatch: 'keeps all digits',
    why: 'ids of orders and accounts are such integers',
    matches: (seen) =>
      /\.metadata\.\w+\./.test(seen.path) && Number(JSON.stringify(seen.actual)) === Number(seen.expected),
  },
  {
    id: 'otel',
    section: 'Attributes',
    collector:
      'loses the scope, trace state, dropped counts, events that are no exceptions, the time of those that are, and the message of the status beside an exception',
    tidewatch: 'keeps them in the metadata under `otel`',
    why: 'X-Ray has no field for them; nothing that was sent is to be lost',
    matches: (seen) => /\.metadata\.otel$/.test(seen.path) && isNew(seen),
  },
  {
    id: 'cloudwatch-logs',
    section: 'Attributes',
    collector: 'names only the log groups that the resource names',
    tidewatch: 'also names the group to which Tidewatch writes the logs of this resource',
    why: 'the console of X-Ray shows the logs of a segment by it',
    matches: (seen) => /\.aws\.cloudwatch_logs(\[\d+\]\.log_group)?$/.test(seen.path),
  },
  {
    id: 'links',
    section: 'Attributes',
    collector: 'writes links without ids, which X-Ray cannot follow',
    tidewatch: 'moves them to `otel.links` in the metadata',
    why: 'their attributes may matter',
    matches: (seen) => /\.links(\[\d+\])?$/.test(seen.path) && isGone(seen),
  },
  {
    id: 'local-root-resource',
    section: 'Local roots',
    collector:
      'leaves the resource out of the service segment of a split span with a parent, and of INTERNAL local roots',
    tidewatch: 'has it in every segment',
    why: 'these segments are services',
    matches: (seen) => isNew(seen) && noteKey(seen)?.startsWith('otel.resource.') === true,
  },
  {
    id: 'local-root-flags',
    section: 'Local roots',
    collector: 'knows local roots by `aws.span.kind` only',
    tidewatch:
      'also by the IS_REMOTE flag of OTLP: CLIENT and PRODUCER are split, INTERNAL becomes a segment',
    why: 'every current SDK sends the flag, none the attribute',
  },
  {
    id: 'local-root-not-aws',
    section: 'Local roots',
    collector: 'splits local roots of services on AWS and of those without a cloud',
    tidewatch: 'splits them wherever they run',
    why: '',
  },
  {
    id: 'times',
    section: 'Times',
    collector: 'passes on times of 0 and ends before starts; rounds to what a double holds',
    tidewatch:
      'takes the other time for a missing one, the start for an end before it; writes nine exact digits',
    why: 'X-Ray drops segments from 1970 and refuses negative durations',
    matches: (seen) => /\.(start|end)_time$/.test(seen.path),
  },
  {
    id: 'annotation-limits',
    section: 'Limits',
    collector: 'writes any number of annotations of any length',
    tidewatch: 'writes 50 of at most 500 characters of key and 1,000 of value; the others go to the metadata',
    why: 'X-Ray refuses or ignores what is beyond',
    matches: (seen) => isBeyondLimit(seen),
  },
  {
    id: 'document-size',
    section: 'Limits',
    collector: 'sends documents above 64 KB, which X-Ray refuses',
    tidewatch:
      'cuts stack frames (`truncated`), then exceptions (`skipped`), then metadata, then long texts and links, with marks',
    why: 'a segment is worth more than the end of it',
  },
];

export function purposeOf(seen: Seen): Purpose | undefined {
  return PURPOSES.find(({ matches }) => matches?.(seen) === true);
}

function hasZeroId({ trace_id, id }: Document): boolean {
  return /^1-0{8}-0{24}$/.test(String(trace_id)) || id === undefined || /^0*$/.test(String(id));
}

function isGivenAHost({ expected, actual, attributes }: Seen): boolean {
  const host = String(attributes.get('server.address') ?? '');
  const [scheme, rest = ''] = String(expected).split(':///');
  const ours = String(actual);
  return host !== '' && ours.startsWith(`${scheme}://${host}`) && ours.endsWith(`/${rest}`);
}

function hasOddStatus(attributes: ReadonlyMap<string, unknown>): boolean {
  const code = attributes.get('http.response.status_code') ?? attributes.get('http.status_code');
  return typeof code === 'string' || isComposite(code);
}

function isBeyondLimit({ path, expected, actual }: Difference): boolean {
  const found = /^documents\[\d+\]\.(annotations|metadata\.default)\.(.+)$/s.exec(path);
  if (found === null) return false;
  const [, block, key = ''] = found;
  const value = block === 'annotations' ? expected : actual;
  return (
    (block === 'annotations' ? actual === undefined : expected === undefined) &&
    (key.length > 500 || (typeof value === 'string' && value.length > 1_000))
  );
}
