// Receivers as they are written: which integrations each has. What cannot be deployed is noted beside what is wrong.
import type { FieldKind, IntegrationFields } from '../../model/integration-fields.ts';
import { type DeploymentNotes, HTTP_FIELDS } from './deployment-notes.ts';
import type { Dialect } from './dialect.ts';
import { INTEGRATIONS } from './integration-fields.ts';
import { below, type ConfigReader, isTrue, type YamlMap, type YamlValue } from './reader.ts';

/** One way a receiver is told. */
export interface IntegrationConfig {
  /** The kind, such as `webhook`. */
  readonly kind: string;
  /** Its place among those of its kind in the receiver. */
  readonly index: number;
  readonly sendResolved: boolean;
  readonly retries429: boolean;
  /** The fields as written; where a configuration is deployed, with those that it takes from `global`. */
  readonly fields: YamlMap;
}

export interface ReceiverConfig {
  readonly name: string;
  readonly integrations: readonly IntegrationConfig[];
}

/** What is read with, besides the value and its path. */
export interface Reading {
  readonly reader: ConfigReader;
  readonly notes: DeploymentNotes;
  readonly dialect: Dialect;
  readonly global: YamlMap;
}

const SUFFIX = '_configs';

export function readReceiver(reading: Reading, value: YamlValue, path: string): ReceiverConfig {
  const { reader, notes, dialect } = reading;
  const kinds = Object.keys(dialect.integrations);
  const refused = dialect.deployment?.refusedKinds ?? {};
  const names = new Set([...kinds, ...Object.keys(refused)].map((kind) => `${kind}${SUFFIX}`));
  const map = reader.map(value, path, ['name', ...names]);
  const name = reader.text(map.name, below(path, 'name')) ?? '';
  if (name === '') reader.problem(below(path, 'name'), 'expected a name, got none');
  for (const [kind, why] of Object.entries(refused)) {
    const where = below(path, `${kind}${SUFFIX}`);
    if (reader.list(map[`${kind}${SUFFIX}`], where).length > 0) notes.note(where, why);
  }
  const integrations = kinds.flatMap((kind) => {
    const where = below(path, `${kind}${SUFFIX}`);
    return reader
      .list(map[`${kind}${SUFFIX}`], where)
      .map((item, index) => readIntegration(reading, kind, item, { path: `${where}[${index}]`, index }));
  });
  return { name, integrations };
}

function readIntegration(
  reading: Reading,
  kind: string,
  value: YamlValue,
  { path, index }: { readonly path: string; readonly index: number },
): IntegrationConfig {
  const { reader, notes, dialect, global } = reading;
  const known = dialect.integrations[kind]!;
  const foreign = dialect.deployment === undefined ? {} : INTEGRATIONS[kind]?.fields;
  const written = reader.map(value, path, Object.keys({ ...known.fields, ...foreign }));
  const fields = notes.known(kind, written, path);
  readFields(reading, fields, path, known.fields);
  const others =
    known.fields.otherwise === undefined ? undefined : readOtherwise(reading, fields.otherwise, path);
  checkPresence(reader, written, path, known, global);
  return {
    kind,
    index,
    sendResolved: isTrue(fields.send_resolved) ?? known.sendResolved,
    retries429: known.retries429,
    fields: {
      ...(dialect.deployment === undefined ? fields : withGlobal(reading, kind, fields)),
      ...(others !== undefined && { otherwise: others }),
    },
  };
}

/** Integrations that one may name to be told in its place. */
const MAX_OTHERWISE = 4;

/** Those that are told in its place, in their order: each `{ <kind>: <fields> }`. @returns `{ kind, fields }` of each */
function readOtherwise(
  reading: Reading,
  value: YamlValue | undefined,
  ownPath: string,
): YamlValue | undefined {
  if (value === undefined || value === null) return undefined;
  const { reader, dialect } = reading;
  const path = below(ownPath, 'otherwise');
  const kinds = Object.keys(dialect.integrations).filter(
    (kind) => dialect.integrations[kind]!.fields.otherwise !== undefined,
  );
  const list = reader.list(value, path);
  if (list.length > MAX_OTHERWISE)
    reader.problem(path, `expected at most ${MAX_OTHERWISE}, got ${list.length}`);
  return list.map((item, index) => {
    const at = `${path}[${index}]`;
    const map = reader.map(item, at, kinds);
    const [[kind, fields] = ['', null], ...more] = Object.entries(map);
    if (!kinds.includes(kind) || more.length > 0) {
      reader.problem(at, 'expected one kind with its fields, such as { sns: { … } }');
      return null;
    }
    const where = below(at, kind);
    const read = readIntegration(reading, kind, fields, { path: where, index });
    if (read.fields.otherwise !== undefined) {
      reader.problem(below(where, 'otherwise'), 'expected none here: the list has an order already');
    }
    return { kind, fields: read.fields };
  });
}

/** Reads each field by its kind, and notes what a deployment cannot take. */
export function readFields(
  { reader, notes }: Pick<Reading, 'reader' | 'notes'>,
  fields: YamlMap,
  path: string,
  kinds: Readonly<Record<string, FieldKind>>,
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
        notes.templates(value, at);
        reader.text(value, at);
        break;
      case 'secretUrl':
        if (notes.secret(value, at, field)) checkUrl(reader, reader.text(value, at), at);
        break;
      case 'secret':
        if (notes.secret(value, at, field)) reader.text(value, at);
        break;
      case 'secretFile':
        reader.text(value, at);
        notes.secretFile(at, field);
        break;
      case 'http':
        notes.http(reader.map(value, at, HTTP_FIELDS), at);
        break;
      case 'otherwise':
        break;
      case 'nested':
        notes.nested(value, at);
        break;
    }
  }
}

/** The fields with those that are not written and that `global` gives. */
function withGlobal({ dialect, global }: Reading, kind: string, fields: YamlMap): YamlMap {
  const { deployment, integrations } = dialect;
  const taken: Record<string, YamlValue> = { ...fields };
  const exclusive = integrations[kind]!.exclusive;
  for (const [field, source] of Object.entries(deployment?.globalFallbacks[kind] ?? {})) {
    const others = exclusive.find((names) => names.includes(field)) ?? [field];
    const isWritten = others.some((name) => isThere(taken[name]));
    if (!isWritten && isThere(global[source])) taken[field] = global[source]!;
  }
  if (integrations[kind]!.fields.http_config !== undefined && isThere(global.http_config)) {
    taken.http_config ??= global.http_config!;
  }
  return taken;
}

function isThere(value: YamlValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

function checkPresence(
  reader: ConfigReader,
  fields: YamlMap,
  path: string,
  { required, exclusive }: IntegrationFields,
  global: YamlMap,
): void {
  const given = (name: string): boolean => {
    const [from, field] = name.startsWith('global.')
      ? [global, name.slice('global.'.length)]
      : [fields, name];
    // A file with the secret in it is noted as what a deployment cannot have, not as missing.
    return isThere(from[field]) || isThere(from[`${field}_file`]);
  };
  for (const names of required) {
    if (!names.some(given)) reader.problem(path, `expected one of ${names.join(', ')}, got none`);
  }
  for (const names of exclusive) {
    if (names.filter((name) => isThere(fields[name])).length > 1) {
      reader.problem(path, `expected only one of ${names.join(', ')}`);
    }
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
