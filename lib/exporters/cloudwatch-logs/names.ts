// Names of log groups and streams from templates; the X-Ray exporter names the same groups on its segments.
import { MAX_LOG_NAME_CHARS } from './limits.ts';

/** A log stream that records are meant for. */
export interface LogStreamName {
  readonly group: string;
  readonly stream: string;
}

/** Reads one resource attribute as text; undefined when the resource does not have it. */
export type ResourceAttribute = (key: string) => string | undefined;

/**
 * The log group of a resource.
 * @param template such as `/tidewatch/{service.name}`; each `{key}` becomes the resource attribute of that key
 * @returns 1..512 characters of CloudWatch's set `[.\-_/#A-Za-z0-9]`; every other character becomes `_`
 * @example renderLogGroup('/tidewatch/{service.name}', () => 'my shop') // '/tidewatch/my_shop'
 */
export function renderLogGroup(template: string, resourceAttribute: ResourceAttribute): string {
  const name = render(template, resourceAttribute).replace(/[^.\-_/#A-Za-z0-9]/g, '_');
  // Names starting with `aws/` are kept for AWS.
  return cut(name.startsWith('aws/') ? `_${name}` : name);
}

/**
 * The log stream of a resource.
 * @param template such as `{service.instance.id}`
 * @returns 1..512 characters, none of them `:`, `*` or a control character, which become `_`
 */
export function renderLogStream(template: string, resourceAttribute: ResourceAttribute): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go
  return cut(render(template, resourceAttribute).replace(/[:*\u0000-\u001f\u007f]/g, '_'));
}

/**
 * The group that takes the records of all services above the cap of groups.
 * @example overflowLogGroup('/tidewatch/{service.name}') // '/tidewatch/_other'
 */
export function overflowLogGroup(template: string): string {
  const fixed = template.split('{', 1)[0]!.replace(/[^/]*$/, '');
  return renderLogGroup(`${fixed === '' ? '/tidewatch/' : fixed}_other`, () => undefined);
}

function render(template: string, resourceAttribute: ResourceAttribute): string {
  return template.replace(/\{([^{}]+)\}/g, (_, key: string) => resourceAttribute(key) || fallback(key));
}

/** OpenTelemetry's own word for a service without a name; the others follow its pattern. */
function fallback(key: string): string {
  if (key === 'service.name') return 'unknown_service';
  if (key === 'service.instance.id') return 'unknown_instance';
  return `unknown_${key}`;
}

function cut(name: string): string {
  if (name === '') return '_';
  if (name.length <= MAX_LOG_NAME_CHARS) return name;
  const short = name.slice(0, MAX_LOG_NAME_CHARS);
  return short.isWellFormed() ? short : short.slice(0, -1);
}
