// The door to all channels: what an answer means, templates that fail, secrets that never show.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANNEL_FIELDS } from '../../lib/channels/fields.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import { answerOf } from '../support/channel-servers/strict.ts';
import { CONTENTS, CONTEXT, channelWorld, NOW, TARGETS } from './channel-world.ts';

const firing = CONTENTS.firing!;
/** Kinds that one request of HTTP tells, by the host they call. */
const HOSTS: Readonly<Record<string, string>> = {
  webhook: 'hooks.example.com',
  pagerduty: 'events.pagerduty.com',
  jsm: 'api.atlassian.com',
  opsgenie: 'api.opsgenie.com',
  msteamsv2: 'prod-1.westeurope.logic.azure.com',
  slack: 'slack.com',
  jira: 'example.atlassian.net',
  servicenow: 'example.service-now.com',
  discord: 'discord.com',
  telegram: 'api.telegram.org',
  webex: 'webexapis.com',
  victorops: 'alert.victorops.com',
  mattermost: 'chat.example.com',
  rocketchat: 'open.rocket.chat',
};

describe.each(Object.entries(HOSTS))('%s', (kind, host) => {
  test.each([
    [500, {}, 'retry', undefined],
    [502, {}, 'retry', undefined],
    [429, { 'retry-after': '17' }, 'retry', 17_000],
    [429, { 'retry-after': new Date(NOW + 90_000).toUTCString() }, 'retry', 90_000],
    [429, { 'retry-after': 'soon' }, 'retry', undefined],
    [503, { 'retry-after': '99999999' }, 'retry', 3_600_000],
    [400, {}, 'refused', undefined],
    [401, {}, 'refused', undefined],
    [413, {}, 'refused', undefined],
    [302, { location: 'https://elsewhere.example.com' }, 'refused', undefined],
  ] as const)('an answer of %i with %j is %s', async (status, headers, expected, afterMs) => {
    const world = channelWorld();
    world.servers.set(host, () => answerOf(status, 'why', headers));
    const result = await world.sender.send(TARGETS[kind]!, firing, CONTEXT);
    expect(result).toMatchObject({ kind: expected, reason: expect.stringContaining(String(status)) });
    if (result.kind === 'retry') expect(result.afterMs).toBe(afterMs);
  });

  test('no answer is tried again', async () => {
    const world = channelWorld();
    world.servers.set(host, () => {
      throw new RetryableError('timeout', 'no answer within 10000 ms');
    });
    expect(await world.sender.send(TARGETS[kind]!, firing, CONTEXT)).toMatchObject({ kind: 'retry' });
  });

  test('garbage of any status never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 599 }),
        fc.oneof(fc.string(), fc.json()),
        async (status, body) => {
          const world = channelWorld();
          world.servers.set(host, () => answerOf(status, body));
          const { kind: outcome } = await world.sender.send(TARGETS[kind]!, firing, CONTEXT);
          expect(['delivered', 'retry', 'refused']).toContain(outcome);
          if (status >= 300) expect(outcome).not.toBe('delivered');
        },
      ),
      { numRuns: 25 },
    );
  });
});

test('the calls of one delivery share its time', async () => {
  let time = 0;
  const world = channelWorld({ clock: () => time });
  world.servers.set('example.atlassian.net', (request) => {
    time += 9_000;
    return world.jira.serve(request);
  });
  await world.sender.send(TARGETS.jira!, firing, CONTEXT);
  expect(world.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 10_000]);
  world.requests.length = 0;
  const result = await world.sender.send(TARGETS.jira!, CONTENTS.resolved!, CONTEXT);
  expect(result).toMatchObject({ kind: 'retry' });
  expect(world.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 10_000, 7_000]);
});

describe('kinds', () => {
  test('that are unknown are refused', async () => {
    const world = channelWorld();
    for (const kind of ['fax', 'toString', '__proto__']) {
      const result = await world.sender.send({ kind, fields: {} }, firing, CONTEXT);
      expect(result).toEqual({ kind: 'refused', reason: `${kind}: there is no such channel` });
    }
    const result = await world.sender.send({ kind: 'wechat', fields: {} }, firing, CONTEXT);
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('webhook') });
  });

  test('can be added', async () => {
    const told: unknown[] = [];
    const world = channelWorld({
      channels: {
        escalation: async (target, content) => {
          told.push([target.fields.policy, content.status]);
          return { kind: 'delivered', reference: { incident: 'inc-1' } };
        },
      },
    });
    const target = { kind: 'escalation', fields: { policy: 'shop' } };
    expect(await world.sender.send(target, firing, CONTEXT)).toEqual({
      kind: 'delivered',
      reference: { incident: 'inc-1' },
    });
    expect(told).toEqual([['shop', 'firing']]);
    expect(await world.sender.acknowledge(target, firing, CONTEXT)).toEqual({ kind: 'delivered' });
    expect(told).toHaveLength(1);
  });

  test.each(Object.keys(CHANNEL_FIELDS))(
    '%s without its fields is refused with the name of one',
    async (kind) => {
      const world = channelWorld();
      const result = await world.sender.send({ kind, fields: {} }, firing, CONTEXT);
      if (kind === 'eventbridge' || kind === 'opsitem') return expect(result.kind).toBe('delivered');
      expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/^\w+\.\w+: expected/) });
    },
  );
});

describe('fields', () => {
  const value = fc.oneof(
    fc.anything({ maxDepth: 2, maxKeys: 3 }),
    fc.constantFrom(
      'true',
      '5',
      '30s',
      '{{ name }}',
      'https://slack.com/api/chat.postMessage',
      [],
      {},
      [null],
      [{}],
    ),
    fc.constant({ secret: 'genie' }),
  );

  test.each(Object.keys(CHANNEL_FIELDS))(
    '%s takes any for what they are, or says which is wrong',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(
          fc.dictionary(fc.constantFrom(...Object.keys(CHANNEL_FIELDS[kind]!.fields)), value, { maxKeys: 3 }),
          fc.constantFrom(...Object.values(CONTENTS)),
          async (fields, content) => {
            const world = channelWorld();
            const target = { kind, fields: { ...TARGETS[kind]!.fields, ...fields } };
            const result = await world.sender.send(target, content, CONTEXT);
            if (result.kind !== 'delivered') expect(result.reason).not.toMatch(/(Type|Range|Reference)Error/);
            expect(JSON.stringify(result)).not.toContain(world.secrets.get('genie'));
          },
        ),
        { numRuns: 60 },
      );
    },
  );
});

describe('templates', () => {
  test('override our words', async () => {
    const world = channelWorld();
    const target = {
      kind: 'discord',
      fields: {
        ...TARGETS.discord!.fields,
        title: '{{ priority | severityIcon }} {{ commonLabels.service | upcase }}',
        message:
          '{% for alert in alerts %}{{ alert.labels.instance }} {{ durationMs | humanizeDuration }}{% endfor %}',
      },
    };
    await world.sender.send(target, firing, CONTEXT);
    const [embed] = JSON.parse(world.requests[0]!.body!).embeds;
    expect(embed).toMatchObject({ title: '🔥 CHECKOUT', description: 'web-1 25m' });
  });

  test.each([
    ['one of Go', '{{ .GroupLabels.alertname }}', /template of Go/],
    ['one that ends early', '{% if x %}', /not closed/],
    ['an unknown filter', '{{ name | shout }}', /undefined filter/],
    ['a file', '{% include "/etc/passwd" %}', /tag "include" not found/],
    ['a file by render', '{% render "secrets" %}', /tag "render" not found/],
    [
      'one that never ends',
      '{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}',
      /limit/,
    ],
    [
      'one that grows',
      '{% assign x = "xxxxxxxxxx" %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}{{ x }}',
      /limit/,
    ],
  ])('a template that fails costs no message: %s', async (_, title, problem) => {
    const world = channelWorld();
    const target = { kind: 'discord', fields: { ...TARGETS.discord!.fields, title } };
    expect(await world.sender.send(target, firing, CONTEXT)).toMatchObject({ kind: 'delivered' });
    expect(JSON.parse(world.requests[0]!.body!).embeds[0].title).toContain('CheckoutFails');
    expect(world.problems).toMatchObject([
      { kind: 'discord', field: 'title', problem: expect.stringMatching(problem) },
    ]);
  });

  test('reach nothing but what they are given', async () => {
    const world = channelWorld();
    const title =
      '{{ alerts.constructor }}{{ name.constructor.name }}{{ __proto__ }}{{ process }}{{ globalThis }}.';
    const target = { kind: 'discord', fields: { ...TARGETS.discord!.fields, title } };
    await world.sender.send(target, firing, CONTEXT);
    expect(JSON.parse(world.requests[0]!.body!).embeds[0].title).toBe('.');
  });
});

describe('secrets', () => {
  const secretText = fc.oneof(
    fc.string({ minLength: 6, maxLength: 40 }),
    fc.base64String({ minLength: 8, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 6, maxLength: 30 }),
  );

  test('show in no result, whatever the receiver quotes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(HOSTS), 'pushover'),
        secretText,
        fc.integer({ min: 300, max: 599 }),
        fc.constantFrom('body', 'headers', 'url', 'everything'),
        async (kind, text, status, quoted) => {
          fc.pre(/[^\s…]{6}/.test(text.trim()) && !'answered [secret]'.includes(text.trim()));
          const world = channelWorld();
          const secrets = Object.entries(TARGETS[kind]!.fields).flatMap(([, value]) =>
            typeof value === 'object' && value !== null && 'secret' in value ? [String(value.secret)] : [],
          );
          for (const name of secrets) {
            const isUrl = world.secrets.get(name)!.startsWith('https:');
            world.secrets.set(
              name,
              isUrl
                ? `https://any.example.com/in/${encodeURIComponent(text)}?sig=${encodeURIComponent(text)}`
                : text,
            );
          }
          const quote = (request: (typeof world.requests)[number]) =>
            ({
              body: request.body ?? '',
              headers: JSON.stringify(request.headers),
              url: request.url,
              everything: `${JSON.stringify(request)} ${request.url} ${request.body} ${Object.values(request.headers).join(' ')}`,
            })[quoted];
          for (const host of [...Object.values(HOSTS), 'any.example.com', 'api.pushover.net']) {
            world.servers.set(host, (request) => answerOf(status, quote(request)));
          }
          const result = await world.sender.send(TARGETS[kind]!, firing, CONTEXT);
          const said = JSON.stringify(result) + JSON.stringify(world.problems);
          for (const form of [
            text.trim(),
            encodeURIComponent(text.trim()),
            JSON.stringify(text.trim()).slice(1, -1),
          ]) {
            expect(said).not.toContain(form);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('are part of no message', async () => {
    for (const [kind, target] of Object.entries(TARGETS)) {
      const world = channelWorld();
      await world.sender.send(target, firing, CONTEXT);
      const messages = JSON.stringify([world.mail.sent, world.topics.published, world.bus.events]);
      for (const secret of world.secrets.values()) expect(messages, kind).not.toContain(secret);
    }
    const world = channelWorld();
    const target = {
      kind: 'pagerduty',
      fields: { ...TARGETS.pagerduty!.fields, details: { token: { secret: 'genie' } } },
    };
    expect(await world.sender.send(target, firing, CONTEXT)).toMatchObject({
      kind: 'refused',
      reason: 'pagerduty.details.token: a secret must not be part of a message',
    });
  });

  test('that do not exist are named, and the message waits for nobody', async () => {
    const world = channelWorld();
    world.secrets.delete('pagerduty');
    expect(await world.sender.send(TARGETS.pagerduty!, firing, CONTEXT)).toMatchObject({
      kind: 'refused',
      reason: 'pagerduty: secret pagerduty does not exist',
    });
  });

  test('that were changed are read again when the old one is not taken', async () => {
    const world = channelWorld();
    const right = world.secrets.get('genie')!;
    world.secrets.set('genie', 'old');
    const forget = world.forgotten.push.bind(world.forgotten);
    world.forgotten.push = (name: string) => {
      world.secrets.set('genie', right);
      return forget(name);
    };
    expect(await world.sender.send(TARGETS.jsm!, firing, CONTEXT)).toMatchObject({ kind: 'delivered' });
    expect([...world.forgotten]).toEqual(['genie']);
    expect(world.requests).toHaveLength(2);
  });

  test('that are wrong are tried once', async () => {
    const world = channelWorld();
    world.secrets.set('genie', 'wrong-key-0815');
    const result = await world.sender.send(TARGETS.jsm!, firing, CONTEXT);
    expect(result.kind).toBe('refused');
    expect(JSON.stringify(result)).not.toContain('wrong-key-0815');
    expect(world.requests).toHaveLength(1);
  });

  test('of http_config become headers', async () => {
    const world = channelWorld();
    const fields = {
      url: 'https://hooks.example.com/in/tok-9f86d081884c7d65',
      http_config: {
        basic_auth: { username: 'tide', password: { secret: 'snow' } },
        http_headers: { 'X-Team': { values: ['shop'] }, 'X-Key': { secrets: [{ secret: 'hmac' }] } },
      },
    };
    expect(await world.sender.send({ kind: 'webhook', fields }, firing, CONTEXT)).toMatchObject({
      kind: 'delivered',
    });
    expect(world.requests[0]!.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`tide:${world.secrets.get('snow')}`).toString('base64')}`,
      'x-team': 'shop',
      'x-key': world.secrets.get('hmac'),
    });
  });

  test.each([
    [{ proxy_url: 'http://proxy' }, /proxy_url is not supported/],
    [{ http_headers: { 'bad name': { values: ['x'] } } }, /name that is none/],
    [{ bearer_token: 'a\nb' }, /no header can carry/],
  ])('http_config %j is refused', async (http_config, reason) => {
    const world = channelWorld();
    const fields = { url: { secret: 'webhook' }, http_config };
    const result = await world.sender.send({ kind: 'webhook', fields }, firing, CONTEXT);
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
    expect(world.requests).toEqual([]);
  });

  test('user and password of an address go into a header', async () => {
    const world = channelWorld();
    const fields = { url: 'https://tide:w%40tch@hooks.example.com/in/tok-9f86d081884c7d65' };
    await world.sender.send({ kind: 'webhook', fields }, firing, CONTEXT);
    expect(world.requests[0]).toMatchObject({
      url: 'https://hooks.example.com/in/tok-9f86d081884c7d65',
      headers: { authorization: `Basic ${Buffer.from('tide:w@tch').toString('base64')}` },
    });
  });
});
