// References in an integration's fields → the secrets themselves, just before sending.
import { PermanentError } from '../model/errors.ts';
import type { SecretReference } from '../model/notification.ts';
import { CHANNEL_FIELDS } from './fields.ts';
import type { SecretPort } from './ports.ts';
import type { Redactor } from './redact.ts';

export interface ResolvedFields {
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of fields that were references. */
  readonly secret: ReadonlySet<string>;
  readonly references: readonly SecretReference[];
}

const NESTED_SECRETS = /^(password|credentials|bearer_token|secrets)$/;

/** Whether it is written as a reference: `{ secret, key? }` or `{ parameter }` and nothing else. */
export function isSecretReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  const map = value as Readonly<Record<string, unknown>>;
  if (names.length === 1 && names[0] === 'parameter') return typeof map.parameter === 'string';
  if (typeof map.secret !== 'string') return false;
  if (names.length === 1) return true;
  return names.length === 2 && typeof map.key === 'string';
}

/**
 * Any field of its own may be a reference, and so may what `http_config` holds; not what a message is made of, since a
 * secret would then be in the message.
 * @throws what the port throws; PermanentError `invalidConfig` for a reference inside a message
 */
export async function resolveSecrets(
  kind: string,
  fields: Readonly<Record<string, unknown>>,
  secrets: SecretPort,
  redactor: Redactor,
): Promise<ResolvedFields> {
  const references: SecretReference[] = [];
  const secret = new Set<string>();
  const read = async (reference: SecretReference) => {
    references.push(reference);
    const text = await secrets.read(reference);
    redactor.add(text);
    return text;
  };
  const inside = async (value: unknown, name: string, allowed: boolean): Promise<unknown> => {
    if (isSecretReference(value)) {
      if (allowed) return read(value);
      const message = `${kind}.${name}: a secret must not be part of a message`;
      throw new PermanentError('invalidConfig', message);
    }
    if (Array.isArray(value)) return Promise.all(value.map((item) => inside(item, name, allowed)));
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(async ([key, item]) => {
        if (NESTED_SECRETS.test(key)) addAll(item, redactor);
        return [key, await inside(item, `${name}.${key}`, allowed)] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    }
    return value;
  };
  const entries = Object.entries(fields).map(async ([name, value]) => {
    if (isSecretReference(value)) {
      secret.add(name);
      return [name, await read(value)] as const;
    }
    // What is written where a secret belongs is one, even if it was not written as a reference.
    const what = CHANNEL_FIELDS[kind]?.fields[name];
    if ((what === 'secret' || what === 'secretUrl') && typeof value === 'string') {
      redactor.add(value);
      secret.add(name);
    }
    return [name, await inside(value, name, name === 'http_config')] as const;
  });
  return { values: Object.fromEntries(await Promise.all(entries)), secret, references };
}

function addAll(value: unknown, redactor: Redactor): void {
  if (typeof value === 'string') redactor.add(value);
  else if (Array.isArray(value)) for (const item of value) addAll(item, redactor);
}
