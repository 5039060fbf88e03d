// What a deployment cannot take of a configuration: secrets and files in it, templates of Go, fields that mean nothing.
// They are noted beside what is wrong, so that replays and route tests read such a file all the same.
import type { Dialect } from './dialect.ts';
import { INTEGRATIONS } from './integration-fields.ts';
import type { ConfigProblem } from './problem.ts';
import { below, type YamlMap, type YamlValue } from './reader.ts';

export const HTTP_FIELDS = [
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

export class DeploymentNotes {
  readonly problems: ConfigProblem[] = [];
  private readonly dialect: Dialect;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  note(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  /** A field that holds a secret. @returns whether there is more to check of it: a deployment takes references only */
  secret(value: YamlValue, path: string, field: string): boolean {
    const deployed = this.dialect.deployment !== undefined;
    if (deployed && isReference(value)) return false;
    this.note(
      path,
      `a secret must not stand in the file; write a reference instead: { secret: 'tidewatch/${field}' } (Secrets Manager) or { parameter: '/tidewatch/${field}' } (SSM)`,
    );
    return !deployed;
  }

  secretFile(path: string, field: string): void {
    const name = field.replace(/_file$/, '');
    this.note(
      path,
      `a function has no such file; write a reference instead: ${name} with { secret: 'tidewatch/${name}' } (Secrets Manager) or { parameter: '/tidewatch/${name}' } (SSM)`,
    );
  }

  /** A text, or a structure of texts, that may hold templates. */
  templates(value: YamlValue, path: string): void {
    if (typeof value === 'string') {
      const problem = this.templateProblem(value);
      if (problem !== undefined) this.note(path, problem);
      return;
    }
    if (value === null || isReference(value)) return;
    for (const [key, item] of Object.entries(value)) {
      this.templates(item, Array.isArray(value) ? `${path}[${key}]` : below(path, key));
    }
  }

  /** A structure: its templates and its secrets. */
  nested(value: YamlValue, path: string): void {
    this.templates(value, path);
    const deployed = this.dialect.deployment !== undefined;
    const visit = (item: YamlValue, at: string): void => {
      if (item === null || typeof item === 'string') return;
      if (deployed && isReference(item)) {
        this.note(at, 'a secret must not be here: it would be part of the message');
        return;
      }
      for (const [key, one] of Object.entries(item)) {
        const where = Array.isArray(item) ? `${at}[${key}]` : below(at, key);
        if (NESTED_SECRETS.test(key)) this.secret(one, where, key);
        else if (NESTED_SECRET_FILES.test(key)) this.secretFile(where, key);
        else visit(one, where);
      }
    };
    visit(value, path);
  }

  http(value: YamlMap, path: string): void {
    const understood = this.dialect.deployment?.httpFields;
    for (const [field, item] of Object.entries(value)) {
      const at = below(path, field);
      if (NESTED_SECRET_FILES.test(field)) this.secretFile(at, field);
      else if (understood?.has(field) === false) this.note(at, 'functions cannot do this; leave it out');
      else if (field === 'http_headers') this.headers(item, at);
      else this.nested({ [field]: item }, path);
    }
  }

  /** Fields that Alertmanager has and a deployment has not. @returns the others */
  known(kind: string, fields: YamlMap, path: string): YamlMap {
    const { deployment, integrations } = this.dialect;
    if (deployment === undefined) return fields;
    const taken: Record<string, YamlValue> = {};
    for (const [field, value] of Object.entries(fields)) {
      const foreign = INTEGRATIONS[kind]?.fields[field];
      const own = integrations[kind]?.fields[field];
      if (own !== undefined || foreign === undefined) taken[field] = value;
      else if (foreign === 'secretFile') this.secretFile(below(path, field), field);
      else {
        const why = deployment.refusedFields[kind]?.[field] ?? 'there is nothing like it here; leave it out';
        this.note(below(path, field), why);
      }
    }
    return taken;
  }

  /** Values of headers are secrets only where they are written as such. */
  private headers(value: YamlValue, path: string): void {
    if (value === null || typeof value !== 'object') return;
    for (const [name, header] of Object.entries(value)) this.nested(header, below(path, name));
  }

  private templateProblem(text: string): string | undefined {
    const { deployment } = this.dialect;
    if (!text.includes('{{') && (deployment === undefined || !text.includes('{%'))) return undefined;
    if (deployment !== undefined) return deployment.templateProblem(text);
    return 'custom Go templates are not run; write the message in the template language of Tidewatch';
  }
}

/** Whether a value says where a secret lies. @see SecretReference in lib/model/notification.ts */
export function isReference(value: YamlValue | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  const names = entries.map(([name]) => name).sort();
  return (
    ['secret', 'key,secret', 'parameter'].includes(names.join()) &&
    entries.every(([, text]) => typeof text === 'string' && text !== '')
  );
}
