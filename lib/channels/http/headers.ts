// `http_config` → headers: the parts of Alertmanager's that mean something to a function.
import { PermanentError } from '../../model/errors.ts';
import type { FieldReader } from '../field-reader.ts';
import { HTTP_CONFIG_FIELDS } from '../fields.ts';

/** Header names and values that HTTP can carry: RFC 9110 §5. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @throws PermanentError `invalidConfig`; no message holds a value */
export function configuredHeaders(fields: FieldReader): Record<string, string> {
  const config = fields.map('http_config');
  for (const name of Object.keys(config)) {
    if (!HTTP_CONFIG_FIELDS.has(name)) throw wrong(fields, name, 'is not supported here');
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(mapOf(config.http_headers))) {
    const { values, secrets } = mapOf(value);
    const list = [...listOf(values), ...listOf(secrets)];
    headers[name.toLowerCase()] = list.map(String).join(', ');
  }
  const basic = mapOf(config.basic_auth);
  const bearer = mapOf(config.authorization);
  if (config.bearer_token !== undefined) headers.authorization = `Bearer ${String(config.bearer_token)}`;
  if (bearer.credentials !== undefined) {
    headers.authorization = `${String(bearer.type ?? 'Bearer')} ${String(bearer.credentials)}`;
  }
  if (basic.username !== undefined || basic.password !== undefined) {
    headers.authorization = basicAuthorization(String(basic.username ?? ''), String(basic.password ?? ''));
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name)) throw wrong(fields, 'http_headers', 'has a name that is none of a header');
    if (!VALUE.test(value)) throw wrong(fields, name, 'has characters that no header can carry');
  }
  return headers;
}

export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Takes user and password out of an address, as a header. */
export function withoutUser(text: string): { readonly url: string; readonly authorization?: string } {
  const url = new URL(text);
  if (url.username === '' && url.password === '') return { url: text };
  const authorization = basicAuthorization(
    decodeURIComponent(url.username),
    decodeURIComponent(url.password),
  );
  url.username = '';
  url.password = '';
  return { url: url.href, authorization };
}

function wrong({ kind }: FieldReader, name: string, what: string): PermanentError {
  return new PermanentError('invalidConfig', `${kind}.http_config: ${name} ${what}`);
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
