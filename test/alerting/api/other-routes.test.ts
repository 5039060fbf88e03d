// Status, receivers, health and the webhook of another Alertmanager.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertsOfWebhook } from '../../../lib/alerting/api/webhook-routes.ts';
import { parseAlertmanagerConfig } from '../../../lib/alerting/config/parse-config.ts';
import { apiWorld, NOW } from './api-world.ts';

test('the status has all that clients need, and no secret', async () => {
  const { ask } = apiWorld(`
route: {receiver: r, group_wait: 1m, routes: [{matchers: [a="b c"], continue: true}]}
receivers: [{name: r, webhook_configs: [{url: 'http://secret-host/'}]}]
`);
  const { json } = await ask('GET', '/api/v2/status');
  expect(json).toMatchObject({
    cluster: { status: 'disabled', peers: [] },
    uptime: '2026-11-24T10:00:00.000Z',
  });
  expect(Object.keys(json.versionInfo).sort()).toEqual([
    'branch',
    'buildDate',
    'buildUser',
    'goVersion',
    'revision',
    'version',
  ]);
  expect(json.config.original).not.toContain('secret-host');
  const { route } = parseAlertmanagerConfig(json.config.original);
  expect(route).toMatchObject({
    groupWaitMs: 60_000,
    routes: [{ continue: true, matchers: [{ value: 'b c' }] }],
  });
});

test('receivers are listed, health is told', async () => {
  const { ask } = apiWorld();
  expect((await ask('GET', '/api/v2/receivers')).json).toEqual([{ name: 'tickets' }, { name: 'pager' }]);
  for (const path of ['/-/healthy', '/-/ready'])
    expect(await ask('GET', path)).toMatchObject({ status: 200, json: 'OK' });
});

describe('a webhook of another Alertmanager', () => {
  const alert = {
    labels: { alertname: 'A' },
    annotations: {},
    startsAt: '2026-11-24T09:00:00Z',
    generatorURL: 'http://p',
  };
  const hook = (...alerts: unknown[]) => ({ version: '4', status: 'firing', receiver: 'x', alerts });

  test('hands its alerts on: firing without an end, resolved ones with the end they had', async () => {
    const { ask, queued } = apiWorld();
    const { status, json } = await ask(
      'POST',
      '/api/v1/webhook',
      hook(
        { ...alert, status: 'firing', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'x' },
        { ...alert, status: 'resolved', endsAt: '2026-11-24T09:30:00Z' },
        { ...alert, status: 'resolved', endsAt: '2026-11-24T11:00:00Z' },
        { labels: {}, status: 'firing' },
      ),
    );
    expect([status, json]).toEqual([
      200,
      { taken: 3, rejected: [expect.objectContaining({ index: 3, reason: 'noLabels' })] },
    ]);
    expect(queued.map(({ endsAt }) => endsAt && endsAt - NOW)).toEqual([undefined, -1_800_000, 0]);
  });

  test.each([{}, [], { alerts: 'x' }, hook().alerts, { ...hook(), version: '3' }])(
    'is not %j',
    async (body) => {
      expect((await apiWorld().ask('POST', '/api/v1/webhook', body)).status).toBe(400);
    },
  );

  test('law: it is read or refused with a sentence, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.record({ version: fc.constant('4'), alerts: fc.array(fc.anything()) })),
        (value) => {
          expect(['string', 'object']).toContain(typeof alertsOfWebhook(value, NOW));
        },
      ),
    );
  });
});
