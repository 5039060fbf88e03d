// Receivers as they are written: which integrations each has. What cannot be deployed is noted beside what is wrong.
import { type FieldKind, INTEGRATIONS, type IntegrationFields } from './integration-fields.ts';
import type { ConfigProblem } from './problem.ts';
import { below, type ConfigReader, isTrue, type YamlMap, type YamlValue } from './reader.ts';

/** One way a receiver is told. */
export interface IntegrationConfig {
  /** The kind, such as `webhook`. */
  readonly kind: string;
  /** Its place among those of its kind in the receiver. */
  readonly index: number;
  readonly sendResolved: boolean;
  readonly retries429: boolean;
  /** The fields as written. */
  readonly fields: YamlMap;
}

export interface ReceiverConfig {
  readonly name: string;
  readonly integrations: readonly IntegrationConfig[];
}

const SUFFIX = '_configs';
const HTTP_FIELDS = [
  'basic_auth',
  'authorization',
  'oauth2',
  'bearer_token',
  'bearer_token_file',
  'tls_config',
  'follow_redirects',
  'enable_http2',
  'proxy_url',
  'no_proxy',
  'proxy_from_environment',
  'proxy_connect_header',
  'http_headers',
];
/** Names of secrets in the structures below `http_config`, `sigv4` and `tls_config`. */
const NESTED_SECRETS =
  /^(password|credentials|client_secret|bearer_token|secret_key|secrets|key|client_certificate_key)$/;
const NESTED_SECRET_FILES =
  /^(password_file|credentials_file|client_secret_file|bearer_token_file|key_file|cert_file|ca_file|files)$/;

export function readReceiver(
  reader: ConfigReader,
  value: YamlValue,
  path: string,
  global: YamlMap,
  deployment: ConfigProblem[],
): ReceiverConfig {
  const kinds = Object.keys(INTEGRATIONS);
  const map = reader.map(value, path, ['name', ...kinds.map((kind) => `${kind}${SUFFIX}`)]);
  const name = reader.text(map.name, below(path, 'name')) ?? '';
  if (name === '') reader.problem(below(path, 'name'), 'expected a name, got none');
  const integrations = kinds.flatMap((kind) => {
    const where = below(path, `${kind}${SUFFIX}`);
    return reader.list(map[`${kind}${SUFFIX}`], where).map((item, index): IntegrationConfig => {
      const at = `${where}[${index}]`;
      const known = INTEGRATIONS[kind]!;
      const fields = reader.map(item, at, Object.keys(known.fields));
      readFields(reader, fields, at, known.fields, deployment);
      checkPresence(reader, fields, at, known, global);
      return {
        kind,
        index,
        sendResolved: isTrue(fields.send_resolved) ?? known.sendResolved,
        retries429: known.retries429,
        fields,
      };
    });
  });
  return { name, integrations };
}

/** Reads each field by its kind, and notes what a deployment cannot take. */
export function readFields(
  reader: ConfigReader,
  fields: YamlMap,
  path: string,
  kinds: Readonly<Record<string, FieldKind>>,
  deployment: ConfigProblem[],
): void {
  for (const [field, value] of Object.entries(fields)) {
    const kind = kinds[field];
    if (kind === undefined || value === null) continue;
    const at = below(path, field);
    switch (kind) {
      case 'boolean':
        reader.boolean(value, at);
        break;
      case 'integer':
        reader.integer(value, at);
        break;
      case 'duration':
        reader.duration(value, at);
        break;
      case 'url':
        checkUrl(reader, reader.text(value, at), at);
        break;
      case 'text':
        reader.text(value, at);
        break;
      case 'template':
        noteTemplates(value, at, deployment);
        reader.text(value, at);
        break;
      case 'secretUrl':
        checkUrl(reader, reader.text(value, at), at);
        noteSecret(at, field, deployment);
        break;
      case 'secret':
        reader.text(value, at);
        noteSecret(at, field, deployment);
        break;
      case 'secretFile':
        reader.text(value, at);
        noteSecretFile(at, field, deployment);
        break;
      case 'http':
        reader.map(value, at, HTTP_FIELDS);
        noteNested(value, at, deployment);
        break;
      case 'nested':
        noteNested(value, at, deployment);
        break;
    }
  }
}

function checkPresence(
  reader: ConfigReader,
  fields: YamlMap,
  path: string,
  { required, exclusive }: IntegrationFields,
  global: YamlMap,
): void {
  const isThere = (name: string): boolean => {
    const value = name.startsWith('global.') ? global[name.slice('global.'.length)] : fields[name];
    return value !== undefined && value !== null && value !== '';
  };
  for (const names of required) {
    if (!names.some(isThere)) reader.problem(path, `expected one of ${names.join(', ')}, got none`);
  }
  for (const names of exclusive) {
    if (names.filter(isThere).length > 1) reader.problem(path, `expected only one of ${names.join(', ')}`);
  }
}

function checkUrl(reader: ConfigReader, text: string | undefined, path: string): void {
  // An address may be a template as well.
  if (text === undefined || text.includes('{{')) return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.host === '') {
    reader.problem(path, 'expected a URL with http or https');
  }
}

function noteNested(value: YamlValue, path: string, deployment: ConfigProblem[]): void {
  noteTemplates(value, path, deployment);
  const visit = (item: YamlValue, at: string): void => {
    if (item === null || typeof item === 'string') return;
    for (const [key, one] of Object.entries(item)) {
      const where = Array.isArray(item) ? `${at}[${key}]` : below(at, key);
      if (NESTED_SECRETS.test(key)) noteSecret(where, key, deployment);
      else if (NESTED_SECRET_FILES.test(key)) noteSecretFile(where, key, deployment);
      else visit(one, where);
    }
  };
  visit(value, path);
}

function noteTemplates(value: YamlValue, path: string, deployment: ConfigProblem[]): void {
  if (typeof value === 'string') {
    if (value.includes('{{')) {
      deployment.push({
        path,
        message: 'custom Go templates are not run; write the message in the template language of Tidewatch',
      });
    }
    return;
  }
  if (value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : below(path, key);
    noteTemplates(item, at, deployment);
  }
}

function noteSecret(path: string, field: string, deployment: ConfigProblem[]): void {
  deployment.push({
    path,
    message: `a secret must not stand in the file; write a reference instead: { secret: 'tidewatch/${field}' } (Secrets Manager) or { parameter: '/tidewatch/${field}' } (SSM)`,
  });
}

function noteSecretFile(path: string, field: string, deployment: ConfigProblem[]): void {
  const name = field.replace(/_file$/, '');
  deployment.push({
    path,
    message: `a function has no such file; write a reference instead: { secret: 'tidewatch/${name}' } (Secrets Manager) or { parameter: '/tidewatch/${name}' } (SSM)`,
  });
}
