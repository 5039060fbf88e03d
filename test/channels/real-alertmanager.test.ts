// Beside a real Alertmanager, where one is on the machine: the same alerts, the same webhook, the same keys.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../lib/model/fingerprint.ts';
import type { NotificationContent, NotifiedAlert } from '../../lib/model/notification.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { channelWorld, contentOf, NOW } from './channel-world.ts';

const BINARY = [
  process.env.TIDEWATCH_ALERTMANAGER ?? '',
  ...['prometheus-alertmanager', 'alertmanager'].flatMap((name) =>
    (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
  ),
].find((file) => file !== '' && existsSync(file));
const WAIT_MS = 15_000;

const COMMON = { alertname: 'Größer "als" <&> 😀', service: 'checkout' };
const ALERTS = ['a', 'b', 'c'].map((instance) => ({
  labels: { ...COMMON, instance },
  annotations: {
    summary: `Checkout <fails> & "more" ${instance}`,
    runbook_url: 'https://r.example.com/?a=1&b=2',
  },
  startsAt: '2026-01-02T03:04:05.120Z',
  generatorURL: 'http://prometheus.example.com/graph?g0.expr=up&g0.tab=1',
}));

describe.skipIf(BINARY === undefined)('beside a real Alertmanager', () => {
  const received = new Map<string, unknown[]>();
  let server: http.Server;
  let process_: ChildProcess;
  let url = '';
  let isStarted = false;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url!.split('?')[0]!;
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        received.set(path, [...(received.get(path) ?? []), body]);
        response.writeHead(path === '/webhook' ? 200 : 202).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const folder = temporaryFolder();
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, configOf(receiver));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    process_ = spawn(BINARY!, [
      `--config.file=${file}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.external-url=https://api.example.com',
      '--web.route-prefix=/',
      '--cluster.listen-address=',
    ]);
    const isReady = () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    // The package without its templates starts and ends again.
    isStarted = await until(async () => process_.exitCode !== null || (await isReady()));
    isStarted &&= process_.exitCode === null;
    if (!isStarted) return;
    await post(ALERTS);
    await until(async () => received.size > 2);
  }, 2 * WAIT_MS);

  afterAll(() => {
    process_?.kill();
    server?.closeAllConnections();
    server?.close();
  });

  const post = (alerts: readonly object[]) =>
    fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });

  async function ours(kind: string, fields: Readonly<Record<string, unknown>>, content: NotificationContent) {
    const world = channelWorld();
    await world.sender.send({ kind, fields }, content, { idempotencyKey: 'k', now: NOW });
    return JSON.parse(world.requests[0]!.body!);
  }

  test('the body of a webhook is the same', async ({ skip }) => {
    if (!isStarted) skip('the Alertmanager here does not start');
    const [theirs] = received.get('/webhook')!;
    const body = await ours(
      'webhook',
      { url: 'https://hooks.example.com/', max_alerts: 2 },
      contentOfAlerts(),
    );
    expect(body).toEqual(theirs);
    expect(Object.keys(body).toSorted()).toEqual(Object.keys(theirs as object).toSorted());
  });

  test('PagerDuty and Opsgenie know the group by the same key', async ({ skip }) => {
    if (!isStarted) skip('the Alertmanager here does not start');
    const content = contentOfAlerts();
    const pagerDuty = await ours('pagerduty', { routing_key: 'x' }, content);
    expect(received.get('/pagerduty')).toMatchObject([
      { dedup_key: pagerDuty.dedup_key, event_action: pagerDuty.event_action },
    ]);
    const opsgenie = await ours('opsgenie', { api_key: 'x' }, content);
    expect(received.get('/v2/alerts')).toMatchObject([{ alias: opsgenie.alias }]);
  });

  test('the end of an alert is written the same way', async ({ skip }) => {
    if (!isStarted) skip('the Alertmanager here does not start');
    received.clear();
    const endsAt = new Date(Date.now() - 1_000).toISOString();
    await post(ALERTS.map((alert) => ({ ...alert, endsAt })));
    await until(async () => received.has('/webhook'));
    const [theirs] = received.get('/webhook')!;
    const content = contentOfAlerts(Date.parse(endsAt));
    expect(await ours('webhook', { url: 'https://hooks.example.com/', max_alerts: 2 }, content)).toEqual(
      theirs,
    );
  });
});

function contentOfAlerts(endedAt?: number): NotificationContent {
  const alerts = ALERTS.map(
    ({ labels, annotations, startsAt, generatorURL }): NotifiedAlert => ({
      fingerprint: fingerprint(labels),
      labels,
      annotations,
      status: endedAt === undefined ? 'firing' : 'resolved',
      startsAt: Date.parse(startsAt),
      endsAt: endedAt ?? NOW,
      generatorUrl: generatorURL,
    }),
  );
  return contentOf(alerts, {
    receiver: 'all',
    groupKey: `{}:{alertname=${JSON.stringify(COMMON.alertname)}}`,
    groupLabels: { alertname: COMMON.alertname },
    commonLabels: COMMON,
    commonAnnotations: { runbook_url: 'https://r.example.com/?a=1&b=2' },
  });
}

function configOf(receiver: string): string {
  return `
route: { receiver: all, group_by: [alertname], group_wait: 1s, group_interval: 1s }
receivers:
  - name: all
    webhook_configs: [{ url: '${receiver}/webhook', max_alerts: 2 }]
    pagerduty_configs: [{ routing_key: x, url: '${receiver}/pagerduty' }]
    opsgenie_configs: [{ api_key: x, api_url: '${receiver}/' }]
`;
}

/** @returns whether it came true in time */
async function until(isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await isTrue())) {
    if (Date.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
