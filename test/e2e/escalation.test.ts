// Escalation from end to end on the local stack: an alert that is put on the queue pages whoever is on call; the link of
// the page stops it; unacknowledged, it reaches the second level; the command line sees and ends it.

import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlertQueue } from '../../lib/aws/alert-queue.ts';
import { DynamoKeyStore } from '../../lib/aws/key-store.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { newKey } from '../../lib/keys/new-key.ts';
import { clientSettings } from '../../lib/local/environment.ts';
import { packageRoot } from '../../lib/local/paths.ts';
import { type LocalStack, startStack, stopStack } from '../../lib/local/stack.ts';
import { tidewatch } from '../cli/run-cli.ts';
import { signedClientOf } from '../stack/support/state-table.ts';

const options = { project: packageRoot(), name: 'test-e2e-escalation', say: console.error };
const CONFIG = join(packageRoot(), 'test', 'e2e', 'escalation.config.ts');
const TIMEOUT_MS = 60_000;
/** Longer than level 1 has to acknowledge. */
const BEYOND_LEVEL_1_MS = 16_000;

interface Page {
  readonly person: string;
  readonly text: string;
  readonly key: string;
}

let stack: LocalStack;
let queue: AlertQueue;
let server: Server;
let access: string[];
const pages: Page[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { headers } = request;
      pages.push({
        person: String(headers['x-person']),
        text: Buffer.concat(chunks).toString(),
        key: String(headers['idempotency-key']),
      });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await stopStack(options);
  stack = await startStack({ ...options, context: { config: CONFIG } });
  const settings = clientSettings(stack.endpoint);
  const { port } = server.address() as AddressInfo;
  await new SecretsManagerClient(settings).send(
    new CreateSecretCommand({ Name: 'tidewatch/hook', SecretString: `http://127.0.0.1:${port}/` }),
  );
  const events = new EventBridgeClient(settings);
  // No heartbeat between the pages.
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  for (const { Name, ScheduleExpression } of Rules) {
    if (ScheduleExpression !== undefined) await events.send(new DisableRuleCommand({ Name }));
  }
  const transport = signedClientOf(stack);
  queue = new AlertQueue(stack.outputs.AlertQueueUrl!, transport, { budget: new RetryBudget() });
  const key = newKey(
    { name: 'e2e', tenant: 'default', scopes: ['alerts:read', 'ack'] },
    randomBytes,
    Date.now(),
  );
  const keys = new DynamoKeyStore(stack.outputs.StateTableName!, new DynamoDBClient(settings));
  await keys.create(key.record);
  access = ['--url', stack.endpoints.alertsUrl!, '--key', key.text];
});

afterAll(async () => {
  server.close();
  await stopStack(options);
});

beforeEach(() => {
  pages.length = 0;
});

async function fire(alertname: string): Promise<void> {
  const now = Date.now();
  const alert = {
    labels: { alertname, severity: 'critical' },
    annotations: { summary: `${alertname} is down` },
    startsAt: now,
    endsAt: now + 15 * 60_000,
    generatorUrl: '',
    source: 'test',
  };
  await queue.send([alert], now);
}

async function until(isDone: () => boolean): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error(`not paged in time; pages: ${JSON.stringify(pages)}`);
    await sleep(200);
  }
}

/** The link of a page, at the plain address of the local API. */
function linkOf({ text }: Page): string {
  const [path] = /\/ack\/[\w-]+\.[\w-]+/.exec(text) ?? [];
  expect(path, text).toBeDefined();
  return `${stack.endpoints.alertsUrl}${path}`;
}

describe('an alert for an escalation', { timeout: 3 * TIMEOUT_MS }, () => {
  test('pages whoever is on call; its link, pressed, stops what would come', async () => {
    await fire('Shop');
    await until(() => pages.length > 0);
    expect(pages).toMatchObject([{ person: 'ada' }]);
    const link = linkOf(pages[0]!);
    const opened = await fetch(link);
    expect(opened.status).toBe(200);
    expect(await opened.text()).toContain('Acknowledge as ada');
    const listed = await tidewatch('incidents', 'list', '--json', ...access);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { status: 'triggered', priority: 'P1', title: 'Shop is down' },
    ]);
    const pressed = await fetch(link, { method: 'POST' });
    expect(pressed.status).toBe(200);
    expect(await pressed.text()).toContain('<h1>Acknowledged</h1>');
    await sleep(BEYOND_LEVEL_1_MS);
    expect(pages.map(({ person }) => person)).toEqual(['ada']);
    const after = await tidewatch('incidents', 'list', '--json', ...access);
    expect(JSON.parse(after.stdout)).toMatchObject([
      { status: 'acknowledged', acknowledgedBy: 'ada by link' },
    ]);
  });

  test('reaches the second level when nobody acknowledges, and a forged link does not stop it', async () => {
    await fire('Bank');
    await until(() => pages.length > 0);
    const forged = await fetch(linkOf(pages[0]!).slice(0, -3), { method: 'POST' });
    expect(forged.status).toBe(403);
    await until(() => pages.length > 1);
    expect(pages).toMatchObject([{ person: 'ada' }, { person: 'ben' }]);
    expect(new Set(pages.map(({ key }) => key)).size).toBe(2);
    const { stdout } = await tidewatch('incidents', 'list', '--json', ...access);
    const { id } = (JSON.parse(stdout) as { id: string; title: string }[]).find(({ title }) =>
      /Bank/.test(title),
    )!;
    const shown = await tidewatch('incidents', 'show', id, ...access);
    expect(shown.stdout).toContain('level 2: tells ben');
    expect(await tidewatch('incidents', 'ack', id, '--by', 'ben', ...access)).toMatchObject({ code: 0 });
    expect(await tidewatch('incidents', 'resolve', id, '--by', 'ben', ...access)).toMatchObject({ code: 0 });
  });
});

test('the command line says who is on call and lets somebody stand in', async () => {
  expect((await tidewatch('oncall', ...access)).stdout).toMatch(/primary\s+ada\s+layer 1/);
  expect(
    await tidewatch('oncall', 'override', 'primary', '--person', 'ben', '--for', '1h', ...access),
  ).toMatchObject({ code: 0 });
  expect((await tidewatch('oncall', ...access)).stdout).toMatch(/primary\s+ben\s+override/);
  const { stdout } = await tidewatch('oncall', '--json', ...access);
  const { calendarUrl } = JSON.parse(stdout).schedules[0] as { calendarUrl: string };
  const calendar = await fetch(`${stack.endpoints.alertsUrl}${new URL(calendarUrl).pathname}`);
  expect(calendar.status).toBe(200);
  expect(await calendar.text()).toContain('SUMMARY:ben is on call (primary)');
});
