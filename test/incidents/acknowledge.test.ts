// Acknowledging: by link, by Slack's button, by PagerDuty; forged, expired and repeated ones.
import { describe, expect, test } from 'vitest';
import { acknowledgeToken, readAcknowledgeToken } from '../../lib/incidents/acknowledge/link.ts';
import { Api, sign } from './api-world.ts';
import { MINUTE, START, settings, World } from './escalation-world.ts';

async function paged(change = {}) {
  const world = new World(settings(change));
  const id = await world.notify();
  const link = world.sent[0]!.content.links.acknowledge!;
  return { world, id, link, api: new Api(world) };
}

describe('a link', () => {
  test('shows a page when it is opened, changes nothing, and acknowledges when its button is pressed', async () => {
    const { world, id, link, api } = await paged();
    for (let time = 0; time < 2; time++) {
      const page = await api.ask('GET', link);
      expect(page).toMatchObject({ status: 200, scope: 'public' });
      expect(page.text).toContain(
        '<form method="post"><button type="submit">Acknowledge as ada</button></form>',
      );
    }
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered' });
    const done = await api.ask('POST', link);
    expect(done.status).toBe(200);
    expect(done.text).toContain('<h1>Acknowledged</h1>');
    await world.run(600);
    expect(world.told()).toEqual(['0 ada']);
    expect((await world.timeline(id)).at(-1)).toMatch(/^0 acknowledged ada by link: /);
  });

  test('says who was faster', async () => {
    const { world, id, link, api } = await paged();
    await world.acknowledge(id, 'cem');
    for (const method of ['GET', 'POST']) {
      const page = await api.ask(method, link);
      expect(page.status).toBe(200);
      expect(page.text).toContain('By cem.');
      expect(page.text).not.toContain('<button');
    }
    expect(await world.incidents.read(id)).toMatchObject({ acknowledgedBy: 'cem' });
  });

  test('is refused when any part of it is another one, and nothing happens', async () => {
    const { world, id, link, api } = await paged();
    const [payload, signature] = link.split('/').at(-1)!.split('.') as [string, string];
    const other = Buffer.from(JSON.stringify([id, 1, 0, 'mallory', START * 2])).toString('base64url');
    const forged = [
      `${other}.${signature}`,
      `${payload}.${signature.slice(0, -2)}AA`,
      `${payload}.`,
      payload,
      `${payload}.${signature}.${signature}`,
      `.${signature}`,
      'x'.repeat(5_000),
      acknowledgeToken(
        { incident: id, episode: 1, step: 0, recipient: 'ada', expiresAt: START * 2 },
        'another secret',
      ),
    ];
    for (const token of forged) {
      for (const method of ['GET', 'POST']) {
        const page = await api.ask(method, `/ack/${token}`);
        expect(page.status, token).toBe(403);
        expect(page.text).toContain('This link is not valid');
      }
    }
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered' });
  });

  test('expires', async () => {
    const { world, id, link, api } = await paged({ linkValidMs: 60 * MINUTE });
    await world.run(61);
    for (const method of ['GET', 'POST']) {
      const page = await api.ask(method, link);
      expect(page.status).toBe(410);
      expect(page.text).toContain('This link has expired');
    }
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered' });
  });

  test('of an earlier time does not acknowledge what fires anew', async () => {
    const { world, id, link, api } = await paged();
    await world.notify({ status: 'resolved' });
    expect((await api.ask('POST', link)).text).toContain('This incident is over');
    await world.run(1);
    await world.notify();
    expect(await api.ask('POST', link)).toMatchObject({ status: 409 });
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered', episode: 2 });
  });

  test('to an incident that is gone says so', async () => {
    const { api } = await paged();
    const claim = { incident: 'gone', episode: 1, step: 0, recipient: 'ada', expiresAt: START * 2 };
    expect(await api.ask('GET', `/ack/${acknowledgeToken(claim, 'secret')}`)).toMatchObject({ status: 410 });
    expect(await api.ask('POST', `/ack/${acknowledgeToken(claim, 'secret')}`)).toMatchObject({ status: 410 });
  });

  test('opens a page that runs nothing, is kept nowhere, and shows text of alerts as text', async () => {
    const world = new World();
    await world.notify({ commonAnnotations: { summary: '<script>alert(1)</script> "&' } });
    const page = await new Api(world).ask('GET', world.sent[0]!.content.links.acknowledge!);
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('&#60;script&#62;alert(1)&#60;/script&#62; &#34;&#38;');
    expect(page.text).toMatch(/<html lang="en">.*<title>/s);
  });

  test('is for one purpose: the claim that was signed comes back, and no other signature fits', () => {
    const claim = { incident: 'i', episode: 2, step: 1, recipient: 'Ümit "x"', expiresAt: 5 };
    expect(readAcknowledgeToken(acknowledgeToken(claim, 's'), 's', 4)).toEqual({ kind: 'valid', claim });
    expect(readAcknowledgeToken(acknowledgeToken(claim, 's'), 's', 5)).toEqual({ kind: 'expired', claim });
    expect(readAcknowledgeToken(acknowledgeToken(claim, 's'), 't', 4)).toEqual({ kind: 'forged' });
  });
});

describe('a button in Slack', () => {
  const press = (link: string, action = 'tidewatch_acknowledge') =>
    new URLSearchParams({
      payload: JSON.stringify({
        user: { id: 'U1', username: 'ada.l' },
        actions: [{ action_id: action, value: link.split('/').at(-1) }],
        response_url: 'https://hooks.slack.com/actions/1',
      }),
    }).toString();

  test('acknowledges as who pressed it, and answers there', async () => {
    const { world, id, link, api } = await paged();
    const body = press(link);
    expect(await api.ask('POST', '/slack/actions', body, { 'x-slack-signature': sign(body) })).toMatchObject({
      status: 200,
    });
    expect(await world.incidents.read(id)).toMatchObject({ acknowledgedBy: 'ada.l by Slack' });
    expect(api.replies).toEqual([
      { url: 'https://hooks.slack.com/actions/1', text: 'Acknowledged: nobody else is called.' },
    ]);
  });

  test('acknowledges by the id of the incident too, which Slack has signed', async () => {
    const { world, id, api } = await paged();
    const body = press(id);
    await api.ask('POST', '/slack/actions', body, { 'x-slack-signature': sign(body) });
    expect(await world.incidents.read(id)).toMatchObject({ status: 'acknowledged' });
  });

  test('of a request that Slack did not sign does nothing', async () => {
    const { world, id, link, api } = await paged();
    expect(await api.ask('POST', '/slack/actions', press(link), { 'x-slack-signature': 'x' })).toMatchObject({
      status: 403,
    });
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered' });
    const without = new Api(world, { callbacks: false });
    expect(await without.ask('POST', '/slack/actions', press(link))).toMatchObject({ status: 404 });
  });

  test('that is not ours, or a body that is none, is answered and does nothing', async () => {
    const { world, id, link, api } = await paged();
    for (const body of [press(link, 'other'), press('nonsense'), 'payload=%7B', 'payload=null', '']) {
      expect(
        await api.ask('POST', '/slack/actions', body, { 'x-slack-signature': sign(body) }),
      ).toMatchObject({
        status: 200,
      });
    }
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered' });
  });
});

describe('a webhook of PagerDuty', () => {
  const people = { ada: { contacts: [{ kind: 'pagerduty', fields: { to: 'pd' } }] } };
  const send = (api: Api, type: string, key: string) => {
    const body = JSON.stringify({
      event: { event_type: type, agent: { summary: 'Ada L' }, data: { incident_key: key } },
    });
    return api.ask('POST', '/pagerduty/webhook', body, { 'x-pagerduty-signature': sign(body) });
  };

  test('acknowledges and resolves what was acknowledged and resolved there', async () => {
    const { world, id, api } = await paged({ people });
    expect((await send(api, 'incident.acknowledged', `incident/${id}/1`)).json).toEqual({ incident: id });
    expect(await world.incidents.read(id)).toMatchObject({ acknowledgedBy: 'Ada L by PagerDuty' });
    await send(api, 'incident.resolved', world.sent[0]!.key);
    expect(await world.incidents.read(id)).toMatchObject({ status: 'resolved' });
  });

  test('about something else, or not signed, changes nothing', async () => {
    const { world, id, api } = await paged({ people });
    expect((await send(api, 'incident.acknowledged', 'another')).json.ignored).toBeDefined();
    expect((await send(api, 'incident.triggered', `incident/${id}/1`)).json.ignored).toBeDefined();
    expect(await api.ask('POST', '/pagerduty/webhook', '{}', {})).toMatchObject({ status: 403 });
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered' });
  });
});
