// `tidewatch keys create | list | revoke`: who may send telemetry, and later ask and acknowledge.
import type { Command } from 'commander';
import type { KeyRecord } from '../../keys/ingest-key.ts';
import type { KeyStore } from '../../keys/ports.ts';
import { PermanentError } from '../../model/errors.ts';
import { printJson, printLine, resultColours, say, table, wantsJson } from '../output.ts';
import { addStackOption, type StackOption } from '../stack-option.ts';

const CREATE_HELP = `
Examples:
  tidewatch keys create --name shop
  tidewatch keys create --name shop --scopes ingest:traces,ingest:logs
  eval "$(tidewatch keys create --name shop | sed 's/^/export /')"

The key is shown once; only its SHA-256 is kept. On stdout: the OTEL_* variables to set.
With --json: { "id", "key", "name", "tenant", "scopes", "variables": { NAME: value } }`;

const LIST_HELP = `
Examples:
  tidewatch keys list

With --json: [{ "id", "name", "tenant", "scopes", "createdAt", "revokedAt": epoch ms or null }]`;

const REVOKE_HELP = `
Examples:
  tidewatch keys revoke abcdefghij01

Running ingest functions keep what they know of a key for up to 60 seconds.`;

interface CreateOptions extends StackOption {
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
}

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('make, list and revoke keys of a deployment');
  addStackOption(keys.command('create').description('make a key and print the OTEL_* variables to set'))
    .option('--name <name>', 'who holds it, for people', 'unnamed')
    .option('--tenant <tenant>', 'what its telemetry is kept under', 'default')
    .option('--scopes <scope...>', 'what it may do; "ingest" means all three signals', ['ingest'])
    .addHelpText('after', CREATE_HELP)
    .action(create);
  addStackOption(keys.command('list').description('list all keys, revoked ones too'))
    .addHelpText('after', LIST_HELP)
    .action(list);
  addStackOption(
    keys.command('revoke').description('refuse a key from now on').argument('<id>', 'id of the key'),
  )
    .addHelpText('after', REVOKE_HELP)
    .action(revoke);
}

async function create(options: CreateOptions, command: Command): Promise<void> {
  const [{ randomBytes }, { newKey }, { otelVariables }] = await Promise.all([
    import('node:crypto'),
    import('../../keys/new-key.ts'),
    import('../../keys/otel-variables.ts'),
  ]);
  const { text, record } = newKey(options, randomBytes, Date.now());
  const { store, ingestUrl } = await open(options.stack);
  await store.create(record);
  const variables = otelVariables(ingestUrl, text, record.scopes);
  if (wantsJson(command)) {
    const { id, name, tenant, scopes } = record;
    return printJson({ id, key: text, name, tenant, scopes, variables });
  }
  for (const [name, value] of Object.entries(variables)) printLine(`${name}=${value}`);
  say(`key ${record.id} may ${record.scopes.join(', ')}; it is shown this once`);
}

async function list(options: StackOption, command: Command): Promise<void> {
  const { store } = await open(options.stack);
  const records = await store.list();
  if (wantsJson(command)) return printJson(records.map(listed));
  if (records.length === 0) return say('no keys yet: tidewatch keys create --name NAME');
  const rows = records.map((record) => [
    record.id,
    record.name,
    record.tenant,
    record.scopes.join(','),
    new Date(record.createdAt).toISOString(),
    record.revokedAt === undefined ? 'valid' : `revoked ${new Date(record.revokedAt).toISOString()}`,
  ]);
  printLine(table([['ID', 'NAME', 'TENANT', 'SCOPES', 'CREATED', 'STATE'], ...rows]));
}

async function revoke(id: string, options: StackOption, command: Command): Promise<void> {
  const { parseKey } = await import('../../keys/ingest-key.ts');
  const { store } = await open(options.stack);
  // Whoever revokes in a hurry may paste the whole key.
  const result = await store.revoke(parseKey(id)?.id ?? id, Date.now());
  if (result.kind === 'notFound') {
    throw new PermanentError('notFound', `there is no key ${id}: tidewatch keys list`);
  }
  if (wantsJson(command)) return printJson(listed(result.record));
  const already = result.kind === 'alreadyRevoked' ? ' already' : '';
  printLine(`${resultColours.green('revoked')} ${result.record.id} (${result.record.name})${already}`);
  if (result.kind === 'revoked') say('running ingest functions may accept it for up to 60 seconds more');
}

/** What is shown of a key: all but the hash. */
function listed({ id, name, tenant, scopes, createdAt, revokedAt }: KeyRecord) {
  return { id, name, tenant, scopes, createdAt, revokedAt: revokedAt ?? null };
}

async function open(stack: string): Promise<{ readonly store: KeyStore; readonly ingestUrl: string }> {
  const [{ findDeployment, output }, { DynamoKeyStore }] = await Promise.all([
    import('../../aws/deployment.ts'),
    import('../../aws/key-store.ts'),
  ]);
  const deployment = await findDeployment(stack);
  return {
    store: new DynamoKeyStore(output(deployment, 'StateTableName')),
    ingestUrl: output(deployment, 'IngestUrl'),
  };
}
