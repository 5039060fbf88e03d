// Those that stand in for a receiver: when they are told, what they are told, and who hears of the end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passesOn, type Tell, tellInOrder } from '../../lib/channels/otherwise.ts';
import { checkConfig } from '../../lib/config/compile.ts';
import type {
  NotificationContent,
  NotificationContext,
  NotificationResult,
  NotificationTarget,
} from '../../lib/model/notification.ts';
import { answerOf } from '../support/channel-servers/strict.ts';
import { CONTENTS, CONTEXT, channelWorld, TARGETS } from './channel-world.ts';

const firing = CONTENTS.firing!;
const resolved: NotificationContent = { ...firing, status: 'resolved' };
const PAGER: NotificationTarget = {
  kind: 'pagerduty',
  fields: { ...TARGETS.pagerduty!.fields, otherwise: [TARGETS.sns, TARGETS.email] },
};
const LAST: NotificationContext = { ...CONTEXT, isLast: () => true };

/** Tells by what each kind answers, and keeps who was told what. */
function telling(answers: Readonly<Record<string, NotificationResult>>) {
  const told: { kind: string; content: NotificationContent; context: NotificationContext }[] = [];
  const tell: Tell = async ({ kind, fields }, content, context) => {
    expect(fields).not.toHaveProperty('otherwise');
    told.push({ kind, content, context });
    return answers[kind] ?? { kind: 'delivered' };
  };
  return { told, tell, kinds: () => told.map(({ kind }) => kind) };
}

const refused: NotificationResult = { kind: 'refused', reason: 'pagerduty: 404 no such key' };
const later: NotificationResult = { kind: 'retry', reason: 'pagerduty: 503', afterMs: 7_000 };

describe('who is told', () => {
  test('only the receiver when it takes it', async () => {
    const { tell, kinds } = telling({});
    expect(await tellInOrder(tell, PAGER, firing, CONTEXT)).toEqual({ kind: 'delivered' });
    expect(kinds()).toEqual(['pagerduty']);
  });

  test('the next one at once when it refuses, with the reason first of all', async () => {
    const { tell, told, kinds } = telling({ pagerduty: refused });
    const result = await tellInOrder(tell, PAGER, firing, CONTEXT);
    const why = 'pagerduty did not take this: 404 no such key';
    expect(result).toEqual({
      kind: 'delivered',
      insteadOf: [why],
      reference: { 'otherwise.0.told': 'firing' },
    });
    expect(kinds()).toEqual(['pagerduty', 'sns']);
    expect(told[1]!.content.remarks[0]).toBe(why);
    expect(told[1]!.context.idempotencyKey).not.toBe(CONTEXT.idempotencyKey);
  });

  test('nobody else while the receiver will be tried again', async () => {
    const { tell, kinds } = telling({ pagerduty: later });
    const asked: (number | undefined)[] = [];
    const isLast = (afterMs: number | undefined) => {
      asked.push(afterMs);
      return false;
    };
    expect(await tellInOrder(tell, PAGER, firing, { ...CONTEXT, isLast })).toBe(later);
    expect(kinds()).toEqual(['pagerduty']);
    expect(asked).toEqual([7_000]);
  });

  test('the next one when no attempt follows', async () => {
    const { tell, kinds } = telling({ pagerduty: later, sns: { kind: 'refused', reason: 'sns: gone' } });
    expect(await tellInOrder(tell, PAGER, firing, LAST)).toMatchObject({
      kind: 'delivered',
      insteadOf: ['pagerduty did not take this: 503', 'sns did not take this: gone'],
    });
    expect(kinds()).toEqual(['pagerduty', 'sns', 'email']);
  });

  test('all again when one of them may still take it, none when all refuse', async () => {
    const gone: NotificationResult = { kind: 'refused', reason: 'gone' };
    const first = telling({ pagerduty: gone, sns: later, email: gone });
    expect(await tellInOrder(first.tell, PAGER, firing, CONTEXT)).toMatchObject({
      kind: 'retry',
      afterMs: 7_000,
    });
    const second = telling({ pagerduty: gone, sns: gone, email: gone });
    expect(await tellInOrder(second.tell, PAGER, firing, CONTEXT)).toEqual({
      kind: 'refused',
      reason: 'gone; gone; gone',
    });
  });

  test('of any answers: in order, up to the first that takes it, and nobody after it', async () => {
    const result = fc.constantFrom<NotificationResult>({ kind: 'delivered' }, refused, later);
    await fc.assert(
      fc.asyncProperty(result, result, result, fc.boolean(), async (a, b, c, isLast) => {
        const { tell, kinds } = telling({ pagerduty: a, sns: b, email: c });
        const context = isLast ? LAST : CONTEXT;
        const outcome = await tellInOrder(tell, PAGER, firing, context);
        const answers = [a, b, c];
        const stays = !passesOn(a, context);
        const taker = answers.findIndex(({ kind }) => kind === 'delivered');
        const expected = stays ? 1 : taker === -1 ? 3 : taker + 1;
        expect(kinds()).toEqual(['pagerduty', 'sns', 'email'].slice(0, expected));
        if (!stays) expect(outcome.kind === 'delivered').toBe(taker !== -1);
      }),
    );
  });
});

describe('the end', () => {
  const previous = { 'otherwise.0.told': 'firing', 'otherwise.0.ts': '12', issue: 'OPS-1' };

  test('is told to whoever was told of the beginning, with what it answered then', async () => {
    const { tell, told } = telling({ sns: { kind: 'delivered', reference: { ts: '13' } } });
    const result = await tellInOrder(tell, PAGER, resolved, { ...CONTEXT, previous });
    expect(told.map(({ kind }) => kind)).toEqual(['pagerduty', 'sns']);
    expect(told[1]!.context.previous).toEqual({ ts: '12' });
    expect(result).toEqual({
      kind: 'delivered',
      reference: { 'otherwise.0.ts': '13', 'otherwise.0.told': 'resolved' },
    });
  });

  test('is told to nobody who never heard of the beginning', async () => {
    const { tell, kinds } = telling({ pagerduty: refused });
    expect(await tellInOrder(tell, PAGER, resolved, CONTEXT)).toEqual(refused);
    expect(kinds()).toEqual(['pagerduty']);
  });

  test('is not told by mail unless send_resolved says so', async () => {
    const heard = { 'otherwise.1.told': 'firing' };
    const first = telling({});
    await tellInOrder(first.tell, PAGER, resolved, { ...CONTEXT, previous: heard });
    expect(first.kinds()).toEqual(['pagerduty']);
    const mail = { kind: 'email', fields: { ...TARGETS.email!.fields, send_resolved: 'true' } };
    const target = { ...PAGER, fields: { ...PAGER.fields, otherwise: [TARGETS.sns, mail] } };
    const second = telling({});
    await tellInOrder(second.tell, target, resolved, { ...CONTEXT, previous: heard });
    expect(second.kinds()).toEqual(['pagerduty', 'email']);
  });
});

describe('the sender', () => {
  test('tells the next channel with the secrets of its own, and no secret in why', async () => {
    const world = channelWorld();
    world.servers.set('events.pagerduty.com', ({ body }) => answerOf(400, body));
    const result = await world.sender.send(PAGER, firing, CONTEXT);
    expect(result).toMatchObject({ kind: 'delivered', insteadOf: [expect.stringMatching(/^pagerduty did/)] });
    expect(JSON.stringify([result, world.topics])).not.toContain('R0123456789abcdef0123456789abcde');
  });

  test('says to those who were told in its place that somebody took it on', async () => {
    const world = channelWorld();
    world.servers.set('events.pagerduty.com', () => answerOf(404, 'gone'));
    const target = { ...PAGER, fields: { ...PAGER.fields, otherwise: [TARGETS.jsm] } };
    const told = await world.sender.send(target, firing, CONTEXT);
    if (told.kind !== 'delivered') throw new Error(told.reason);
    await world.sender.acknowledge(target, firing, { ...CONTEXT, previous: told.reference! });
    expect(world.requests.at(-1)!.url).toContain('/acknowledge');
  });
});

describe('the check', () => {
  const routingKey = { secret: 'tidewatch/pagerduty' };
  const check = (otherwise: unknown) =>
    checkConfig({
      alerting: {
        route: { receiver: 'one' },
        receivers: [{ name: 'one', pagerduty: [{ routingKey, otherwise }] }],
      },
    })
      .problems.filter(({ level }) => level === 'error')
      .map(({ path, message }) => `${path}: ${message}`);

  test('takes an order of kinds', () => {
    expect(
      check([
        { sns: { phoneNumber: '+4915100000000' } },
        { email: { to: 'a@b.example', from: 'c@d.example' } },
      ]),
    ).toEqual([]);
  });

  test.each([
    [[{ sns: {} }], 'alerting.receivers[0].pagerduty[0].otherwise[0].sns'],
    [[{ slack: { channel: '#x', appToken: 'xoxb-written-out' } }], 'otherwise[0].slack.appToken'],
    [[{ pigeon: {} }], 'otherwise[0]'],
    [[{ escalation: { policy: 'p' } }], 'otherwise[0]'],
    [[{}], 'otherwise[0]'],
    [['sns'], 'otherwise[0]'],
    [{ sns: {} }, 'otherwise'],
    [[{ eventbridge: { otherwise: [{ opsitem: {} }] } }], 'otherwise[0].eventbridge.otherwise'],
    [Array.from({ length: 5 }, () => ({ eventbridge: {} })), 'otherwise'],
  ])('refuses %j with its place', (otherwise, path) => {
    const found = check(otherwise);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toContain(path);
  });
});
