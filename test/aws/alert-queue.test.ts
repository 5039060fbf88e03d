// Alerts as messages: how they are packed, what order is kept, and what is done when SQS takes only some.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertQueue, alertShard, packAlerts } from '../../lib/aws/alert-queue.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import type { Alert } from '../../lib/model/alert.ts';
import { answer, ScriptedTransport } from './scripted-transport.ts';

const alert = (name: string, more: Partial<Alert> = {}): Alert => ({
  labels: { alertname: name },
  annotations: {},
  startsAt: 1,
  endsAt: 2,
  generatorUrl: '',
  source: 'test',
  ...more,
});
const open = (body: string) => (JSON.parse(body) as { alerts: Alert[] }).alerts;
const calls = { budget: new RetryBudget(), sleep: async () => undefined };

interface Sent {
  readonly Entries: readonly {
    Id: string;
    MessageBody: string;
    MessageGroupId: string;
    MessageDeduplicationId: string;
  }[];
}

const batchesOf = (transport: ScriptedTransport) =>
  transport.calls.map(({ request }) => request as unknown as Sent);

describe('packed alerts', () => {
  test('are all there, in their order within a shard, in bodies of at most the size', () => {
    const some = fc.array(
      fc.record({ name: fc.string({ unit: 'binary', maxLength: 3 }), text: fc.string({ unit: 'binary' }) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 300, max: 2_000 }), (list, maxBytes) => {
        const alerts = list.map(({ name, text }, at) =>
          alert(name, { annotations: { text: text.toWellFormed() }, startsAt: at }),
        );
        const { shards, tooLarge } = packAlerts(alerts, maxBytes);
        const found = [...shards].flatMap(([shard, bodies]) => {
          for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes);
          const inShard = bodies.flatMap(open);
          expect(inShard.map(({ startsAt }) => startsAt)).toEqual(
            inShard.map(({ startsAt }) => startsAt).toSorted((a, b) => a - b),
          );
          for (const { labels } of inShard) expect(alertShard(labels)).toBe(shard);
          return inShard;
        });
        expect(found.length + tooLarge.length).toBe(alerts.length);
      }),
    );
  });

  test('of one label set share a shard, which is the fingerprint modulo 64', () => {
    // cbf29ce484222325 modulo 64.
    expect(alertShard({})).toBe(37);
    expect(alertShard({ a: '1', b: '2' })).toBe(alertShard({ b: '2', a: '1' }));
  });
});

describe('a body', () => {
  test('holds no character that SQS refuses, and still says the same', () => {
    const text = 'a\uFFFEb\uFFFFc\u0001';
    const { shards } = packAlerts([alert('a', { annotations: { text } })]);
    const [body] = [...shards.values()].flat();
    expect(body).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/);
    expect(open(body!)[0]!.annotations.text).toBe(text);
  });
});

describe('the alert queue', () => {
  test('sends nothing for no alert', async () => {
    const transport = new ScriptedTransport();
    await new AlertQueue('https://queue', transport, calls).send([], 5);
    expect(transport.calls).toEqual([]);
  });

  test('sends at most 10 messages a call, each with its shard as group and an id of its own', async () => {
    const alerts = Array.from({ length: 300 }, (_, at) => alert(`a${at}`));
    const transport = new ScriptedTransport(...Array.from({ length: 7 }, () => answer({ Successful: [] })));
    const queue = new AlertQueue('https://queue', transport, calls);
    await queue.send(alerts, 5);
    const entries = batchesOf(transport).flatMap(({ Entries }) => {
      expect(Entries.length).toBeLessThanOrEqual(10);
      return Entries;
    });
    expect(new Set(entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId)).size).toBe(
      entries.length,
    );
    for (const { MessageBody, MessageGroupId } of entries)
      for (const { labels } of open(MessageBody)) expect(String(alertShard(labels))).toBe(MessageGroupId);
    expect(entries.flatMap(({ MessageBody }) => open(MessageBody))).toHaveLength(300);
  });

  test('sends the same fire, resolve and fire again under ids that differ', async () => {
    const transport = new ScriptedTransport(answer({}), answer({}));
    const queue = new AlertQueue('https://queue', transport, calls);
    await queue.send([alert('a')], 5);
    await queue.send([alert('a')], 5);
    const [first, second] = batchesOf(transport).map(({ Entries }) => Entries[0]!.MessageDeduplicationId);
    expect(first).not.toBe(second);
  });

  test('sends again only what was not taken, under the same id, before the next message of the shard', async () => {
    const long = 'x'.repeat(200_000);
    const [one, two] = [1, 2].map((startsAt) => alert('a', { startsAt, annotations: { long } }));
    const Id = String(alertShard(one!.labels));
    const failed = answer({ Failed: [{ Id, SenderFault: false, Code: 'InternalError' }] });
    const transport = new ScriptedTransport(failed, answer({}), answer({}));
    await new AlertQueue('https://queue', transport, calls).send([one!, two!], 5);
    const sent = batchesOf(transport).map(({ Entries }) => Entries[0]!);
    expect(sent.map(({ MessageBody }) => open(MessageBody)[0]!.startsAt)).toEqual([1, 1, 2]);
    expect(sent[0]!.MessageDeduplicationId).toBe(sent[1]!.MessageDeduplicationId);
  });

  test('says that alerts may not have arrived when SQS goes on not taking them', async () => {
    const failed = answer({ Failed: [{ Id: '0', SenderFault: false }] });
    const transport = new ScriptedTransport(failed, failed, failed, failed);
    const sending = new AlertQueue('https://queue', transport, calls).send([alert('a')], 5);
    await expect(sending).rejects.toMatchObject({ name: 'RetryableError', reason: 'unavailable' });
  });

  test('leaves out an alert that no message holds, sends the others, and says so', async () => {
    const transport = new ScriptedTransport(answer({}));
    const huge = alert('huge', { annotations: { text: 'x'.repeat(300_000) } });
    const sending = new AlertQueue('https://queue', transport, calls).send([huge, alert('a')], 5);
    await expect(sending).rejects.toMatchObject({
      reason: 'tooLarge',
      message: expect.stringContaining('huge'),
    });
    expect(batchesOf(transport).flatMap(({ Entries }) => Entries)).toHaveLength(1);
  });
});
