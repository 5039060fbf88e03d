// Wake-ups that come early, late, twice, for nothing, or broken; and what a batch of them counts.
import { describe, expect, test } from 'vitest';
import { escalate } from '../../lib/incidents/escalate.ts';
import { escalateBatch } from '../../lib/incidents/escalate-batch.ts';
import type { WakeUp } from '../../lib/model/wake-up.ts';
import { content, MINUTE, START, World } from './escalation-world.ts';

const wakeUp = (id: string, change: Partial<WakeUp> = {}): WakeUp => ({
  kind: 'escalation',
  id,
  generation: 1,
  dueAt: START,
  ...change,
});

async function current(world: World, id: string): Promise<WakeUp> {
  const { version, deadlineAt } = (await world.incidents.read(id))!;
  return wakeUp(id, { generation: version, dueAt: deadlineAt! });
}

describe('a wake-up', () => {
  const now = (world: World) => () => world.now;

  test('of an older state does nothing, and is done', async () => {
    const world = new World();
    const id = await world.notify();
    expect(await escalate(wakeUp(id), world.ports, now(world))).toMatchObject({ outcome: 'stale' });
    expect(world.told()).toEqual(['0 ada']);
  });

  test('that comes early is set again for when it is due', async () => {
    const world = new World();
    const id = await world.notify();
    const timer = await current(world, id);
    world.due.length = 0;
    expect(await escalate(timer, world.ports, now(world))).toMatchObject({ outcome: 'early' });
    expect(world.due).toEqual([{ ...timer, dueAt: START + 10 * MINUTE }]);
  });

  test('that comes twice pages once', async () => {
    const world = new World();
    const id = await world.notify();
    const timer = await current(world, id);
    world.now = timer.dueAt;
    const outcomes = await Promise.all([
      escalate(timer, world.ports, now(world)),
      escalate(timer, world.ports, now(world)),
    ]);
    expect(outcomes.flatMap(({ results }) => results)).toEqual(['delivered']);
    expect(world.told()).toEqual(['0 ada', '10 cem']);
  });

  test('for a state that is being written waits for it, and is given up when it never comes', async () => {
    const world = new World();
    const ahead = wakeUp('20261123-00000000');
    await expect(escalate(ahead, world.ports, now(world))).rejects.toThrow(/is not written yet/);
    world.now += 11 * MINUTE;
    expect(await escalate(ahead, world.ports, now(world))).toMatchObject({ outcome: 'orphan' });
  });

  test('that comes days late goes on where the policy stands', async () => {
    const world = new World();
    const id = await world.notify();
    const timer = await current(world, id);
    world.now = START + 3 * 24 * 60 * MINUTE;
    expect(await escalate(timer, world.ports, now(world))).toMatchObject({ outcome: 'sent' });
    expect(world.sent.at(-1)?.to).toBe('cem');
  });

  test('of a person for whom nothing is held does nothing', async () => {
    const world = new World();
    world.now += 11 * MINUTE;
    expect(await escalate(wakeUp('ada', { kind: 'reminder' }), world.ports, now(world))).toMatchObject({
      outcome: 'orphan',
    });
  });
});

test('a batch answers for each message, counts with reasons, and logs what somebody should know', async () => {
  const world = new World();
  world.answer = (to) => (to === 'ada' ? { kind: 'refused', reason: 'webhook: HTTP 404' } : undefined);
  const { due } = world;
  const id = await world.desk.fires('shop', content(), 'n1', START);
  const good = JSON.stringify(due.at(-1));
  const bodies = [
    good,
    'no JSON',
    'null',
    '{"kind":"group","id":"x","generation":1,"dueAt":1}',
    JSON.stringify(wakeUp('none')),
  ];
  const batch = await escalateBatch(
    world.ports,
    bodies.map((body, place) => ({ messageId: `m${place}`, body })),
    () => START,
  );
  expect(batch.failedMessageIds).toEqual(['m4']);
  expect(batch.counts).toEqual(
    expect.arrayContaining([
      { name: 'rejectedWakeUps', reason: 'malformed', count: 3 },
      { name: 'wakeUps', reason: 'sent', count: 1 },
      { name: 'wakeUps', reason: 'failed', count: 1 },
      { name: 'pages', reason: 'refused', count: 1 },
      { name: 'escalations', reason: 'noneReached', count: 1 },
    ]),
  );
  expect(batch.log).toContain(`incident ${id}: could not tell ada by webhook: webhook: HTTP 404`);
});
