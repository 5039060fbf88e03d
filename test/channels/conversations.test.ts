// What is told about one group from its first alert to its end, and how receivers that keep state take it.
import { describe, expect, test } from 'vitest';
import type {
  NotificationContent,
  NotificationContext,
  NotificationResult,
} from '../../lib/model/notification.ts';
import { answerOf } from '../support/channel-servers/strict.ts';
import { strictWebhook } from '../support/channel-servers/strict-chat.ts';
import {
  type ChannelWorld,
  CONTENTS,
  CONTEXT,
  channelWorld,
  HARD_CONTENTS,
  NOW,
  TARGETS,
} from './channel-world.ts';

const { firing, updated, resolved } = CONTENTS as Record<string, NotificationContent>;

/** Tells one after the other, each with the reference of the one before. */
async function tell(
  world: ChannelWorld,
  kind: string,
  contents: readonly (NotificationContent | undefined)[],
  fields: Readonly<Record<string, unknown>> = {},
): Promise<NotificationResult[]> {
  const results: NotificationResult[] = [];
  let previous: NotificationContext['previous'];
  const target = { kind, fields: { ...TARGETS[kind]!.fields, ...fields } };
  for (const [i, content] of contents.entries()) {
    const context = { idempotencyKey: `key-${i}`, now: NOW + i * 60_000, ...(previous && { previous }) };
    const result = await world.sender.send(target, content!, context);
    results.push(result);
    if (result.kind === 'delivered' && result.reference !== undefined) previous = result.reference;
  }
  return results;
}

const urls = (world: ChannelWorld) => world.requests.map(({ url }) => new URL(url).pathname);

describe('Slack', () => {
  test('has one message for a group, which changes, and a new one after its end', async () => {
    const world = channelWorld();
    const results = await tell(world, 'slack', [firing, updated, resolved, firing]);
    expect(results.map(({ kind }) => kind)).toEqual(Array(4).fill('delivered'));
    expect(urls(world)).toEqual([
      '/api/chat.postMessage',
      '/api/chat.update',
      '/api/chat.postMessage',
      '/api/chat.update',
      '/api/chat.postMessage',
      '/api/chat.postMessage',
    ]);
    expect(world.slack.messages.size).toBe(2);
    expect([...world.slack.messages.values()][0]?.text).toContain('Resolved');
  });

  test('says changes in the thread, and in the channel while it fires', async () => {
    const world = channelWorld();
    await tell(world, 'slack', [firing, updated, resolved]);
    expect(world.slack.threads).toMatchObject([{ reply_broadcast: true }, { reply_broadcast: false }]);
    expect(world.slack.messages.size).toBe(1);
  });

  test('changes the message alone if asked to', async () => {
    const world = channelWorld();
    await tell(world, 'slack', [firing, updated], { post_updates_to_thread: 'false' });
    expect(world.slack.threads).toEqual([]);
  });

  test('says it again when only the change was taken', async () => {
    const world = channelWorld();
    await tell(world, 'slack', [firing]);
    let isBusy = true;
    world.servers.set('slack.com', (request) => {
      const isReply = request.body!.includes('thread_ts');
      return isReply && isBusy ? answerOf(429, '', { 'retry-after': '1' }) : world.slack.serve(request);
    });
    const context = {
      ...CONTEXT,
      previous: { channel: 'C0123456789', ts: '170000000.000100', status: 'firing' },
    };
    expect(await world.sender.send(TARGETS.slack!, updated!, context)).toMatchObject({ kind: 'retry' });
    isBusy = false;
    expect(await world.sender.send(TARGETS.slack!, updated!, context)).toMatchObject({ kind: 'delivered' });
    expect(world.slack.threads).toHaveLength(1);
  });

  test('posts anew when the message is gone', async () => {
    const world = channelWorld();
    await tell(world, 'slack', [firing]);
    world.slack.messages.clear();
    const result = await world.sender.send(TARGETS.slack!, updated!, {
      ...CONTEXT,
      previous: { channel: 'C0123456789', ts: '1.2', status: 'firing' },
    });
    expect(result.kind).toBe('delivered');
    expect(world.slack.messages.size).toBe(1);
  });

  test.each([
    [
      'https://example.com/a?b=1&c=2|3',
      '*<https://example.com/a?b=1&amp;c=2%7C3|🔥 P1 CheckoutFails: Checkout fails for 12 % of customers>*',
    ],
    ['javascript:alert(1)', '*🔥 P1 CheckoutFails: Checkout fails for 12 % of customers*'],
  ])('puts %s behind the title only if it is an address', async (title_link, heading) => {
    const world = channelWorld();
    await tell(world, 'slack', [firing], { title_link });
    const [message] = [...world.slack.messages.values()] as never[];
    expect(message).toMatchObject({
      attachments: [{ blocks: [{ text: { text: heading } }, {}, {}, {}, {}] }],
    });
  });

  test('lets no label or annotation call a channel or make a link', async () => {
    const world = channelWorld();
    const evil = { summary: '<!channel> <https://evil.example.com|Runbook>', description: '<@U1> & <!here>' };
    await tell(world, 'slack', [
      { ...firing!, commonAnnotations: evil, groupLabels: { alertname: '<!everyone>' } },
    ]);
    const { attachments, text } = [...world.slack.messages.values()][0] as Record<string, unknown>;
    // What a button says back is shown to nobody.
    const shown = JSON.stringify([attachments, text], (name, one) => (name === 'value' ? undefined : one));
    expect(shown).not.toMatch(/<[!@]|<https:\/\/evil/);
    expect(shown).toContain('&lt;!channel&gt;');
  });

  test('posts each time without update_message', async () => {
    const world = channelWorld();
    await tell(world, 'slack', [firing, updated], { update_message: false });
    expect(world.slack.messages.size).toBe(2);
  });

  test('takes a webhook instead of a token, and follows no buttons that act there', async () => {
    const world = channelWorld();
    const target = { kind: 'slack', fields: { api_url: { secret: 'slackHook' } } };
    expect(await world.sender.send(target, firing!, CONTEXT)).toEqual({ kind: 'delivered' });
    const text = JSON.stringify([...world.slack.messages.values()]);
    expect(text).toContain('https://api.example.com/ack/signed-token');
    expect(text).not.toContain('tidewatch_acknowledge');
  });

  test.each([
    [{ ok: false, error: 'channel_not_found' }, 'refused'],
    [{ ok: false, error: 'ratelimited' }, 'retry'],
    [{ ok: false, error: 'internal_error' }, 'retry'],
    [{ ok: false, error: 'invalid_auth' }, 'refused'],
    [{ ok: false }, 'retry'],
    ['<html>gateway</html>', 'retry'],
    ['', 'retry'],
    ['[]', 'retry'],
  ])('reads the answer %j as %s', async (body, kind) => {
    const world = channelWorld();
    world.servers.set('slack.com', () => answerOf(200, body));
    expect(await world.sender.send(TARGETS.slack!, firing!, CONTEXT)).toMatchObject({ kind });
  });

  test('waits as long as Slack asks', async () => {
    const world = channelWorld();
    world.servers.set('slack.com', () => answerOf(429, { ok: false }, { 'retry-after': '30' }));
    const result = await world.sender.send(TARGETS.slack!, firing!, CONTEXT);
    expect(result).toMatchObject({ kind: 'retry', afterMs: 30_000 });
  });
});

describe.each([
  ['pagerduty', (world: ChannelWorld) => world.pagerDuty],
  ['jsm', (world: ChannelWorld) => world.jsm],
  ['opsgenie', (world: ChannelWorld) => world.genie],
  ['victorops', (world: ChannelWorld) => world.victorOps],
] as const)('%s', (kind, stateOf) => {
  const states = (world: ChannelWorld) => [...stateOf(world).alerts.values()];

  test('has one alert for a group, whatever is told how often', async () => {
    const world = channelWorld();
    await tell(world, kind, [firing, firing, updated]);
    expect(states(world)).toEqual(['open']);
    await tell(world, kind, [resolved, resolved]);
    expect(states(world)).toEqual(['closed']);
    await tell(world, kind, [firing]);
    expect(states(world)).toEqual(['open']);
  });

  test('is told that somebody acknowledged', async () => {
    const world = channelWorld();
    await tell(world, kind, [firing]);
    expect(await world.sender.acknowledge(TARGETS[kind]!, firing!, CONTEXT)).toMatchObject({
      kind: 'delivered',
    });
    expect(states(world)).toEqual(['acknowledged']);
  });

  test('takes the end of what it does not know', async () => {
    const world = channelWorld();
    expect(await tell(world, kind, [resolved])).toMatchObject([{ kind: 'delivered' }]);
  });
});

describe('PagerDuty', () => {
  test('takes the service key of Events API v1', async () => {
    const world = channelWorld();
    const target = { kind: 'pagerduty', fields: { service_key: { secret: 'pagerduty' } } };
    for (const content of [firing!, resolved!]) {
      expect(await world.sender.send(target, content, CONTEXT)).toMatchObject({ kind: 'delivered' });
    }
    expect(urls(world)).toEqual(Array(2).fill('/generic/2010-04-15/create_event.json'));
    expect([...world.pagerDuty.alerts.values()]).toEqual(['closed']);
  });

  test('drops the details of an event that would be too large', async () => {
    const world = channelWorld();
    const details = { everything: 'x'.repeat(600_000) };
    const [result] = await tell(world, 'pagerduty', [firing], { details });
    expect(result?.kind).toBe('delivered');
    expect(world.pagerDuty.taken[0]?.payload).not.toHaveProperty('custom_details');
  });

  test.each([
    ['P1', 'critical'],
    ['P2', 'error'],
    ['P3', 'warning'],
    ['P4', 'info'],
  ] as const)('makes of %s the severity %s', async (priority, severity) => {
    const world = channelWorld();
    await tell(world, 'pagerduty', [{ ...firing!, priority }]);
    expect(world.pagerDuty.taken[0]).toMatchObject({ payload: { severity } });
  });
});

describe('Jira', () => {
  const statuses = (world: ChannelWorld) => [...world.jira.issues.values()].map(({ status }) => status);

  test('has one issue for a group, which is closed and opened again', async () => {
    const world = channelWorld();
    await tell(world, 'jira', [firing, updated]);
    expect(statuses(world)).toEqual(['new']);
    await tell(world, 'jira', [resolved]);
    expect(statuses(world)).toEqual(['done']);
    await tell(world, 'jira', [firing]);
    expect(statuses(world)).toEqual(['new']);
    expect([...world.jira.issues.values()][0]?.fields.summary).toContain('P1');
  });

  test('makes a new one if none may be opened again', async () => {
    const world = channelWorld();
    await tell(world, 'jira', [firing, resolved, firing], { reopen_transition: '' });
    expect(statuses(world)).toEqual(['done', 'new']);
  });

  test('knows the issue that it made before the search does', async () => {
    const world = channelWorld();
    await tell(world, 'jira', [firing]);
    world.jira.indexLag = 1;
    const context = { ...CONTEXT, previous: { issue: 'OPS-1' } };
    await world.sender.send(TARGETS.jira!, updated!, context);
    expect(statuses(world)).toEqual(['new']);
  });

  test('says which transitions there are if the configured one is none', async () => {
    const world = channelWorld();
    const [, result] = await tell(world, 'jira', [firing, resolved], { resolve_transition: 'Finish' });
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('it has: Done') });
  });

  test('makes no issue for an end alone', async () => {
    const world = channelWorld();
    expect(await tell(world, 'jira', [resolved])).toEqual([{ kind: 'delivered' }]);
    expect(world.jira.issues.size).toBe(0);
  });
});

describe('ServiceNow', () => {
  test('has one incident for a group, found by its correlation id', async () => {
    const world = channelWorld();
    await tell(world, 'servicenow', [firing, updated, resolved]);
    const incidents = [...world.serviceNow.incidents.values()];
    expect(incidents).toMatchObject([{ state: '6', impact: '1', urgency: '1' }]);
    await tell(world, 'servicenow', [firing]);
    expect(world.serviceNow.incidents.size).toBe(2);
  });

  test('an answer that is none makes no second incident', async () => {
    const world = channelWorld();
    world.servers.set('example.service-now.com', () => answerOf(200, '<html>hibernating</html>'));
    expect(await tell(world, 'servicenow', [firing])).toMatchObject([{ kind: 'retry' }]);
    expect(world.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('OpsCenter', () => {
  test('has one OpsItem for a group', async () => {
    const world = channelWorld();
    await tell(world, 'opsitem', [firing, updated, resolved, resolved]);
    expect([...world.opsItems.items.values()]).toMatchObject([{ status: 'Resolved', severity: '1' }]);
    await tell(world, 'opsitem', [firing]);
    expect(world.opsItems.items.size).toBe(2);
  });
});

describe('webhook', () => {
  test('sends fewer alerts to a receiver that says 413, and counts the others', async () => {
    const world = channelWorld();
    const small = strictWebhook('/in/tok-9f86d081884c7d65', 60_000);
    world.servers.set('hooks.example.com', small.serve);
    const result = await world.sender.send(TARGETS.webhook!, HARD_CONTENTS['500 alerts']!, CONTEXT);
    expect(result.kind).toBe('delivered');
    const { alerts, truncatedAlerts } = small.taken[0] as { alerts: unknown[]; truncatedAlerts: number };
    expect(alerts.length).toBeGreaterThan(0);
    expect(alerts.length + truncatedAlerts).toBe(500);
  });

  test('sends at most max_alerts, as it is written in a file', async () => {
    const world = channelWorld();
    await tell(world, 'webhook', [HARD_CONTENTS['500 alerts']], { max_alerts: '7' });
    const body = JSON.parse(world.requests[0]!.body!);
    expect(body.alerts).toHaveLength(7);
    expect(body.truncatedAlerts).toBe(493);
  });

  test('gives every attempt the same idempotency key', async () => {
    const world = channelWorld();
    await world.sender.send(TARGETS.webhook!, firing!, CONTEXT);
    await world.sender.send(TARGETS.webhook!, firing!, { ...CONTEXT, now: NOW + 60_000 });
    const keys = world.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([CONTEXT.idempotencyKey, CONTEXT.idempotencyKey]);
    expect(world.requests[0]!.body).toBe(world.requests[1]!.body);
  });
});

describe('Teams', () => {
  test('gets a text of its own only as long as a card may be', async () => {
    const world = channelWorld();
    const [result] = await tell(world, 'teamsworkflow', [firing], { text: 'ü\n'.repeat(9_000) });
    expect(result).toEqual({ kind: 'delivered' });
    const { body } = world.requests[0]!;
    expect(Buffer.byteLength(body!)).toBeGreaterThan(5_000);
    expect(body).toContain('…');
  });

  test('is told again when the workflow took it and Teams did not', async () => {
    const world = channelWorld();
    const host = 'prod-1.westeurope.logic.azure.com';
    const answers: [string, string][] = [
      ['Microsoft Teams endpoint returned HTTP error 429', 'retry'],
      ['Microsoft Teams endpoint returned HTTP error 413', 'refused'],
      ['1', 'delivered'],
    ];
    for (const [body, kind] of answers) {
      world.servers.set(host, () => answerOf(200, body));
      expect(await tell(world, 'msteamsv2', [firing])).toMatchObject([{ kind }]);
    }
  });
});

describe('SNS', () => {
  test('writes a short text message to a phone, with the way to acknowledge', async () => {
    const world = channelWorld();
    const target = { kind: 'sns', fields: { phone_number: '+49 151 12345678' } };
    await world.sender.send(target, HARD_CONTENTS['huge annotations']!, CONTEXT);
    await world.sender.send(target, firing!, CONTEXT);
    expect(world.topics.published[0]!.message.length).toBeLessThanOrEqual(320);
    expect(world.topics.published[1]!.message).toBe(
      'P1 CheckoutFails: Checkout fails for 12 % of customers, since 25m Ack: https://api.example.com/ack/signed-token',
    );
  });

  test('keeps the order of a FIFO topic by group, and sends nothing twice', async () => {
    const world = channelWorld();
    const fields = { topic_arn: 'arn:aws:sns:eu-west-1:123456789012:alerts.fifo' };
    await tell(world, 'sns', [firing, resolved], fields);
    const [first, second] = world.topics.published;
    expect(first!.group!.id).toBe(second!.group!.id);
    expect([first!.group!.deduplicationId, second!.group!.deduplicationId]).toEqual(['key-0', 'key-1']);
  });

  test('refuses a number that is none, without naming it', async () => {
    const world = channelWorld();
    const target = { kind: 'sns', fields: { phone_number: 'call me' } };
    const result = await world.sender.send(target, firing!, CONTEXT);
    expect(result).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(result)).not.toContain('call me');
  });
});

describe('e-mail', () => {
  test.each([
    ['to', 'not an address'],
    ['from', 'a@example.com, b@example.com'],
    ['to', 'a@example.com\r\nBcc: evil@example.com'],
    ['headers', { Bcc: 'evil@example.com' }],
    ['to', Array.from({ length: 51 }, (_, i) => `a${i}@example.com`).join(',')],
  ])('refuses %s: %j', async (name, value) => {
    const world = channelWorld();
    expect(await tell(world, 'email', [firing], { [name]: value })).toMatchObject([{ kind: 'refused' }]);
    expect(world.mail.sent).toEqual([]);
  });

  test('shows what alerts say as text, never as markup', async () => {
    const world = channelWorld();
    const evil = { summary: '<script>alert(1)</script>', description: '<img src=x onerror=alert(1)>' };
    await tell(world, 'email', [{ ...firing!, commonAnnotations: evil }]);
    const { html } = world.mail.sent[0]!;
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;script&gt;');
  });

  test('takes subject and text in Liquid, and puts all mails of a group into one thread', async () => {
    const world = channelWorld();
    const fields = {
      headers: { Subject: '{{ commonLabels.service }} is {{ status }}' },
      text: '{{ alerts.size }} alerts',
    };
    await tell(world, 'email', [firing, resolved], fields);
    expect(world.mail.sent.map(({ subject }) => subject)).toEqual([
      'checkout is firing',
      'checkout is resolved',
    ]);
    expect(world.mail.sent[0]!.text).toBe('1 alerts');
    const threads = world.mail.sent.map(({ headers }) => headers.References);
    expect(threads[0]).toBe(threads[1]);
  });
});

describe('EventBridge', () => {
  test('says what to do, how urgent it is, who is told and what is at stake', async () => {
    const world = channelWorld();
    await tell(world, 'eventbridge', [firing, resolved]);
    const [first, second] = world.bus.events.map(({ detail }) => JSON.parse(detail));
    expect(first).toMatchObject({
      action: 'page',
      priority: 'P1',
      escalationPath: 'team-shop',
      businessImpact: ['severity page', 'impact customers cannot pay'],
      context: { summary: 'Checkout fails for 12 % of customers' },
    });
    expect(second).toMatchObject({ action: 'resolve' });
  });
});
