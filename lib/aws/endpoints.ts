// Where a call to an AWS service goes: the SDK's own environment variables first, then the regional address.
import { PermanentError } from '../model/errors.ts';
import type { Environment } from './credentials.ts';
import type { AwsCall, AwsService } from './transport.ts';

export interface Endpoint {
  readonly secure: boolean;
  /** Host name or address, without brackets for IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** What the Host header says and the signature covers. */
  readonly hostHeader: string;
  /** Path to put before the call's path, without a trailing slash; usually empty. */
  readonly basePath: string;
  /** True for an address that the environment names; S3 then keeps the bucket in the path. */
  readonly configured: boolean;
}

/** The SDK's service ids in the form of its environment variables (`AWS_ENDPOINT_URL_<…>`). */
const VARIABLE: Readonly<Record<AwsService, string>> = {
  xray: 'AWS_ENDPOINT_URL_XRAY',
  monitoring: 'AWS_ENDPOINT_URL_CLOUDWATCH',
  logs: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
  sqs: 'AWS_ENDPOINT_URL_SQS',
  s3: 'AWS_ENDPOINT_URL_S3',
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
};

/** DNS suffix by the start of the region's name. Source: partitions.json of the AWS SDKs, 2026-10. */
const SUFFIXES: readonly (readonly [string, string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['eusc-', 'amazonaws.eu'],
  ['', 'amazonaws.com'],
];

/** Where one call goes. */
export interface Target {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly hostHeader: string;
  readonly path: string;
}

const parsed = new Map<string, Endpoint>();

/**
 * The region of this process.
 * @throws PermanentError `invalidConfig` when none is set
 */
export function regionFrom(env: Environment): string {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (!region) throw new PermanentError('invalidConfig', 'AWS_REGION is not set');
  return region;
}

/**
 * The endpoint of a service: `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`, then the regional one.
 * @throws PermanentError `invalidConfig` when the variable holds no http or https URL
 */
export function endpointFor(service: AwsService, region: string, env: Environment): Endpoint {
  const ignored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true';
  const configured = ignored ? undefined : env[VARIABLE[service]] || env.AWS_ENDPOINT_URL;
  const url = configured ?? `https://${service}.${region}.${suffixOf(region)}`;
  const known = parsed.get(url);
  if (known !== undefined) return known;
  const endpoint = parse(url, configured !== undefined);
  parsed.set(url, endpoint);
  return endpoint;
}

/**
 * The host and path of a call. S3 at its regional address is called by the bucket's own host name, as the SDK does;
 * at a configured one, and for a bucket with a dot in its name, the bucket stays in the path.
 */
export function targetOf(
  call: Pick<AwsCall, 'service' | 'path'>,
  endpoint: Endpoint,
  region: string,
): Target {
  const { secure, hostname, port, hostHeader, basePath, configured } = endpoint;
  const inPath = call.service === 's3' && !configured ? /^\/([a-z0-9-]+)(?=[/?]|$)/.exec(call.path) : null;
  if (inPath === null) return { secure, hostname, port, hostHeader, path: basePath + call.path };
  const bucket = inPath[1]!;
  const host = hostname.replace(`s3.${region}.`, `${bucket}.s3.${region}.`);
  const rest = call.path.slice(bucket.length + 1);
  return { secure, hostname: host, port, hostHeader: host, path: rest.startsWith('/') ? rest : `/${rest}` };
}

function suffixOf(region: string): string {
  return SUFFIXES.find(([prefix]) => region.startsWith(prefix))![1];
}

function parse(text: string, configured: boolean): Endpoint {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new PermanentError('invalidConfig', `AWS endpoint: expected an http or https URL, got "${text}"`);
  }
  const secure = url.protocol === 'https:';
  return {
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    hostHeader: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
    configured,
  };
}
