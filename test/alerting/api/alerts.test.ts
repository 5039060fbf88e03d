// `/api/v2/alerts`: what is posted and what is listed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_ALERT_BYTES, readPostedAlerts } from '../../../lib/alerting/api/posted-alerts.ts';
import { parseTimestamp, timestampText } from '../../../lib/alerting/api/timestamp.ts';
import { fingerprint } from '../../../lib/model/fingerprint.ts';
import { apiWorld, NOW } from './api-world.ts';

const at = (ms: number) => new Date(ms).toISOString();
const post = async (alerts: unknown) => {
  const world = apiWorld();
  const { status, json, counts } = await world.ask('POST', '/api/v2/alerts', alerts);
  return { status, json, counts, queued: world.queued };
};

describe('a post of alerts', () => {
  test('as Prometheus sends it goes on the queue as it is', async () => {
    const { status, json, queued } = await post([
      {
        labels: { alertname: 'Down', job: 'api', empty: '' },
        annotations: { summary: 'x' },
        startsAt: '2026-11-24T09:59:00.123456789Z',
        endsAt: '2026-11-24T10:04:00Z',
        generatorURL: 'http://prometheus/graph',
      },
    ]);
    expect([status, json]).toEqual([200, '']);
    expect(queued).toEqual([
      {
        labels: { alertname: 'Down', job: 'api' },
        annotations: { summary: 'x' },
        startsAt: NOW - 59_877,
        endsAt: NOW + 240_000,
        generatorUrl: 'http://prometheus/graph',
        source: 'api',
      },
    ]);
  });

  test('without times starts now and has no end of its own', async () => {
    const { queued } = await post([
      { labels: { a: '1' } },
      {
        labels: { a: '2' },
        startsAt: null,
        endsAt: '0001-01-01T00:00:00Z',
        annotations: null,
        generatorURL: null,
      },
      { labels: { a: '3' }, endsAt: at(NOW - 1_000) },
      { labels: { a: '4' }, startsAt: at(NOW + 60_000) },
    ]);
    expect(queued.map(({ startsAt, endsAt }) => [startsAt - NOW, endsAt])).toEqual([
      [0, undefined],
      [0, undefined],
      [-1_000, NOW - 1_000],
      [60_000, undefined],
    ]);
  });

  test('with bad ones keeps the rest, and says of each what is wrong', async () => {
    const { status, json, counts, queued } = await post([
      { labels: { alertname: 'Good' } },
      { labels: {} },
      { labels: { alertname: 'Empty', '': 'x' } },
      { labels: { alertname: 'Backwards' }, startsAt: at(NOW), endsAt: at(NOW - 1) },
      { labels: { alertname: 'Future' }, startsAt: at(NOW + 2 * 86_400_000) },
      { labels: { alertname: 'Never' }, endsAt: '9999-12-31T23:59:59Z' },
      { labels: { alertname: 'When' }, startsAt: 'yesterday' },
      { labels: { alertname: 'Large', text: 'x'.repeat(400_000) } },
      { labels: { alertname: 7 } },
      { labels: { alertname: 'Half a character: \ud800' } },
      { labels: { alertname: 'Notes' }, annotations: ['x'] },
      'alert',
      { labels: { alertname: 'Good too' } },
    ]);
    expect(queued.map(({ labels }) => labels.alertname)).toEqual(['Good', 'Good too']);
    expect(status).toBe(400);
    expect(json).toContain(
      '11 alerts refused, 2 taken; alert 1: at least one label pair required; alert 2: invalid label name ""',
    );
    expect(json).toContain('alert 3: start time must be before end time (alertname "Backwards")');
    expect(counts).toContainEqual({ name: 'rejectedAlerts', count: 2, reason: 'badLabels' });
    expect(counts?.map(({ reason }) => reason).sort()).toEqual([
      'badAnnotations',
      'badLabels',
      'badTime',
      'emptyLabelName',
      'endsBeforeStart',
      'endsTooFarAhead',
      'noLabels',
      'notAnObject',
      'startsTooFarAhead',
      'tooLarge',
    ]);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'the body is empty'],
    ['no JSON', Buffer.from('[{'), 'the body is not JSON'],
    ['no list', Buffer.from('{}'), 'expected a JSON array of alerts'],
  ])('that holds %s is refused as a whole', async (_, body, message) => {
    const { status, json } = await post(body);
    expect(status).toBe(400);
    expect(json).toContain(message);
  });

  test('with bytes that are no UTF-8 keeps the alerts, with U+FFFD for what is broken', async () => {
    const body = Buffer.concat([
      Buffer.from('[{"labels":{"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}},{"labels":{"b":"1"}}]'),
    ]);
    const { status, queued } = await post(body);
    expect([status, queued.map(({ labels }) => labels)]).toEqual([200, [{ a: '\uFFFD' }, { b: '1' }]]);
  });

  test('of 10,000 is taken in one piece', async () => {
    const alerts = Array.from({ length: 10_000 }, (_, i) => ({
      labels: { alertname: 'Many', i: String(i) },
    }));
    const { status, queued } = await post(alerts);
    expect([status, queued.length]).toEqual([200, 10_000]);
  });

  test('law: each alert is taken or refused with a reason, whatever it is, and what is taken fits the queue', () => {
    const text = fc.string({ unit: 'binary' });
    const alert = fc.oneof(
      fc.anything(),
      fc.record(
        {
          labels: fc.oneof(fc.dictionary(text, text), fc.anything()),
          annotations: fc.oneof(fc.dictionary(text, text), fc.anything()),
          startsAt: fc.oneof(
            text,
            fc.date({ noInvalidDate: true }).map((date) => date.toJSON()),
          ),
          endsAt: fc.oneof(
            text,
            fc.date({ noInvalidDate: true }).map((date) => date.toJSON()),
          ),
          generatorURL: fc.oneof(text, fc.anything()),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.array(alert), (posted) => {
        const { alerts, rejected } = readPostedAlerts(posted, 'api', NOW);
        expect(alerts.length + rejected.length).toBe(posted.length);
        for (const { labels, startsAt, endsAt } of alerts) {
          expect(Object.keys(labels).length).toBeGreaterThan(0);
          expect(endsAt === undefined || endsAt >= startsAt).toBe(true);
        }
        for (const one of alerts)
          expect(Buffer.byteLength(JSON.stringify(one))).toBeLessThanOrEqual(MAX_ALERT_BYTES);
      }),
    );
  });
});

describe('the list of alerts', () => {
  const world = async () => {
    const made = apiWorld();
    await made.fire(
      {
        labels: { alertname: 'A', severity: 'page', zone: '1' },
        annotations: { summary: 's' },
        generatorURL: 'http://p',
      },
      { labels: { alertname: 'B', zone: '2', down: 'yes' } },
      { labels: { alertname: 'C', zone: '2' } },
      { labels: { alertname: 'D', team: 'night' } },
      { labels: { alertname: 'Over' }, startsAt: at(NOW - 9_000), endsAt: at(NOW - 1) },
    );
    await made.ask('POST', '/api/v2/silences', {
      matchers: [{ name: 'alertname', value: 'A', isRegex: false }],
      startsAt: at(NOW),
      endsAt: at(NOW + 3_600_000),
      createdBy: 'me',
      comment: 'c',
    });
    const names = async (query = '') =>
      (await made.ask('GET', `/api/v2/alerts${query}`, undefined, NOW + 1)).json.map(
        ({ labels }: { labels: Record<string, string> }) => labels.alertname,
      );
    return { ...made, names };
  };

  test('has the shape of Alertmanager', async () => {
    const { ask } = await world();
    const { json } = await ask('GET', '/api/v2/alerts?filter=alertname="A"', undefined, NOW + 1);
    const labels = { alertname: 'A', severity: 'page', zone: '1' };
    expect(json).toEqual([
      {
        annotations: { summary: 's' },
        endsAt: at(NOW + 300_000),
        fingerprint: fingerprint(labels),
        receivers: [{ name: 'pager' }],
        startsAt: at(NOW),
        status: { inhibitedBy: [], mutedBy: [], silencedBy: ['silence-1'], state: 'suppressed' },
        updatedAt: at(NOW),
        generatorURL: 'http://p',
        labels,
      },
    ]);
  });

  test('names the source that inhibits an alert', async () => {
    const { ask } = await world();
    const { json } = await ask('GET', '/api/v2/alerts?filter=alertname="C"', undefined, NOW + 1);
    expect(json[0].status).toMatchObject({
      inhibitedBy: [fingerprint({ alertname: 'B', zone: '2', down: 'yes' })],
      state: 'suppressed',
    });
  });

  test.each([
    ['', ['A', 'B', 'C', 'D']],
    ['?silenced=false', ['B', 'C', 'D']],
    ['?inhibited=false', ['A', 'B', 'D']],
    ['?active=false', ['A', 'C']],
    ['?active=false&silenced=false&inhibited=false', []],
    ['?filter=zone="2"&filter=alertname=~"B|X"', ['B']],
    ['?filter=zone!~"1|2"', ['D']],
    ['?receiver=page', []],
    ['?receiver=pag.%2B', ['A']],
    ['?receiver_matchers=receiver="pager"', ['A']],
  ])('%s holds %j', async (query, expected) => {
    const { names } = await world();
    expect((await names(query)).sort()).toEqual(expected);
  });

  test.each([
    ['?filter=a', 'bad matcher format: a'],
    ['?filter=a=~"("', 'bad matcher format'],
    ['?receiver=(', 'failed to parse receiver param'],
  ])('refuses %s', async (query, message) => {
    const { ask } = await world();
    for (const path of ['/api/v2/alerts', '/api/v2/alerts/groups']) {
      const { status, json } = await ask('GET', `${path}${query}`);
      expect(status).toBe(400);
      expect(json).toContain(message);
    }
  });

  test('by groups has one group for each node of the tree and its labels, and says what mutes it', async () => {
    const { ask } = await world();
    const { json } = await ask('GET', '/api/v2/alerts/groups', undefined, NOW + 1);
    type View = {
      labels: object;
      receiver: object;
      alerts: { status: object; labels: { alertname: string } }[];
    };
    expect(
      json.map(({ labels, receiver, alerts }: View) => [
        labels,
        receiver,
        alerts.map(({ labels }) => labels.alertname),
      ]),
    ).toEqual([
      [{ alertname: 'A' }, { name: 'pager' }, ['A']],
      [{ alertname: 'B' }, { name: 'tickets' }, ['B']],
      [{ alertname: 'C' }, { name: 'tickets' }, ['C']],
      [{ alertname: 'D' }, { name: 'tickets' }, ['D']],
    ]);
    expect(json[3].alerts[0].status).toMatchObject({ mutedBy: ['always'], state: 'suppressed' });
    const audible = await ask(
      'GET',
      '/api/v2/alerts/groups?muted=false&receiver=tickets',
      undefined,
      NOW + 1,
    );
    expect(audible.json).toHaveLength(2);
  });

  test('of 10,000 alerts and 500 silences is made within seconds', async () => {
    const { fire, ask } = apiWorld();
    await fire(
      ...Array.from({ length: 10_000 }, (_, i) => ({ labels: { alertname: 'Many', i: String(i) } })),
    );
    const { json } = await ask('GET', '/api/v2/alerts', undefined, NOW + 1);
    expect(json).toHaveLength(10_000);
  }, 30_000);
});

describe('a time', () => {
  test.each([
    ['2026-11-24T10:00:00Z', NOW],
    ['2026-11-24T10:00:00.5+01:00', NOW - 3_600_000 + 500],
    ['2026-11-24T04:30:00-05:30', NOW],
    ['0001-01-01T00:00:00Z', 'none'],
    ['2026-02-30T10:00:00Z', undefined],
    ['2026-11-24T24:00:00Z', undefined],
    ['2026-11-24', undefined],
    ['', undefined],
  ])('%s is %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  test('law: parse(text(t)) = t', () => {
    const year = 366 * 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: -1_000 * year, max: 7_000 * year }), (ms) => {
        expect(parseTimestamp(timestampText(ms))).toBe(ms);
      }),
    );
  });

  test('law: no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseTimestamp(text)).not.toBeNaN();
      }),
    );
  });
});
