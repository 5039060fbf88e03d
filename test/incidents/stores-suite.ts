// What the stores of incidents, pagers and overrides do; run against those in memory here and those on DynamoDB in
// test/stack/.
import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '../../lib/incidents/incident/incident.ts';
import { openIncident, step } from '../../lib/incidents/incident/step.ts';
import { newPager } from '../../lib/incidents/paging/pager.ts';
import type { IncidentStore, OverrideStore, PagerStore } from '../../lib/incidents/ports.ts';
import { content, settings } from './escalation-world.ts';

export interface Stores {
  readonly incidents: IncidentStore;
  readonly pagers: PagerStore;
  readonly overrides: OverrideStore;
}

let counter = 0;
const rules = { settings: settings(), overrides: {} };

/** @param open gives stores; called in each test, they may hold things of earlier ones */
export function describeOnCallStores(open: () => Stores): void {
  const now = Date.now();
  const made = (id: string, at = now): { incident: Incident; entries: readonly TimelineEntry[] } => {
    const { incident, entries } = openIncident(
      id,
      'shop',
      content({ groupKey: `group of ${id}` }),
      'n1',
      rules,
      at,
    );
    return { incident: { ...incident, version: 1, entries: entries.length }, entries };
  };
  const newId = (): string => {
    counter += 1;
    return `2026-${now}-${counter}`;
  };
  const opened = async ({ incidents }: Stores, at = now): Promise<Incident> => {
    const { incident, entries } = made(newId(), at);
    const group = { key: incident.groups[0]!.key, previous: undefined };
    expect(await incidents.commit({ before: undefined, after: incident, entries, group })).toBe('saved');
    return incident;
  };
  const changed = (before: Incident, change: Partial<Incident>): Incident => ({
    ...before,
    ...change,
    version: before.version + 1,
  });

  test('an incident is found by its id and by its group, as it was written', async () => {
    const stores = open();
    const incident = await opened(stores);
    expect(await stores.incidents.read(incident.id)).toEqual(JSON.parse(JSON.stringify(incident)));
    expect(await stores.incidents.ofGroup('shop', `group of ${incident.id}`)).toBe(incident.id);
    expect(await stores.incidents.ofGroup('bank', `group of ${incident.id}`)).toBeUndefined();
    expect(await stores.incidents.read('20260101-00000000')).toBeUndefined();
  });

  test('of two writes over the same version one is refused, and leaves nothing behind', async () => {
    const { incidents, ...rest } = open();
    const before = await opened({ incidents, ...rest });
    const entry = (text: string): TimelineEntry => ({ at: now, kind: 'told', who: 'tidewatch', text });
    const after = (text: string) => ({
      before,
      after: changed(before, { title: text, entries: before.entries + 1 }),
      entries: [entry(text)],
    });
    const results = await Promise.all([incidents.commit(after('a')), incidents.commit(after('b'))]);
    expect(results.toSorted()).toEqual(['conflict', 'saved']);
    const winner = results[0] === 'saved' ? 'a' : 'b';
    expect(await incidents.read(before.id)).toMatchObject({ title: winner, version: 2 });
    expect((await incidents.timeline(before.id)).map(({ text }) => text)).toEqual([
      'Shop is down fires',
      'level 1: tells ada, 10m to acknowledge',
      winner,
    ]);
  });

  test('an incident is not opened twice, nor for a group that has got another one meanwhile', async () => {
    const stores = open();
    const first = await opened(stores);
    const again = { before: undefined, after: first, entries: [] };
    expect(await stores.incidents.commit(again)).toBe('conflict');
    const second = made(newId());
    const group = { key: first.groups[0]!.key, previous: undefined };
    const change = { before: undefined, after: second.incident, entries: second.entries };
    expect(await stores.incidents.commit({ ...change, group })).toBe('conflict');
    expect(await stores.incidents.read(second.incident.id)).toBeUndefined();
    expect(await stores.incidents.timeline(second.incident.id)).toEqual([]);
    expect(await stores.incidents.commit({ ...change, group: { ...group, previous: first.id } })).toBe(
      'saved',
    );
    expect(await stores.incidents.ofGroup('shop', group.key)).toBe(second.incident.id);
  });

  test('open and resolved incidents are listed apart, the newest first, and one that opens again moves back', async () => {
    const stores = open();
    const older = await opened(stores, now - 1_000);
    const newer = await opened(stores, now);
    const mine = (list: readonly { readonly id: string }[]) =>
      list.map(({ id }) => id).filter((id) => id === older.id || id === newer.id);
    expect(mine(await stores.incidents.listOpen())).toEqual([newer.id, older.id]);
    const resolve = async (incident: Incident, at: number) => {
      const { incident: after, entries } = step(incident, { kind: 'resolve', by: 'ada' }, rules, at);
      const written = { ...after, version: 2, entries: incident.entries + entries.length };
      await stores.incidents.commit({ before: incident, after: written, entries });
      return written;
    };
    const resolved = await resolve(older, now + 1);
    expect(mine(await stores.incidents.listOpen())).toEqual([newer.id]);
    await resolve(newer, now + 2);
    expect(mine(await stores.incidents.listResolved(1_000))).toEqual([newer.id, older.id]);
    expect(await stores.incidents.listResolved(1)).toHaveLength(1);
    const reopened = changed(resolved, { status: 'triggered', resolvedAt: undefined });
    await stores.incidents.commit({ before: resolved, after: reopened, entries: [] });
    expect(mine(await stores.incidents.listOpen())).toEqual([older.id]);
    expect(mine(await stores.incidents.listResolved(1_000))).toEqual([newer.id]);
  });

  test('a pager is written over the version that was read, and no other', async () => {
    const { pagers } = open();
    const person = newId();
    expect(await pagers.read(person)).toBeUndefined();
    const first = { ...newPager(person), version: 1, flushAt: now };
    expect(await pagers.write(first)).toBe('saved');
    expect(await pagers.write(first)).toBe('conflict');
    expect(await pagers.write({ ...first, version: 3 })).toBe('conflict');
    expect(await pagers.write({ ...first, version: 2, bundles: 7 })).toBe('saved');
    expect(await pagers.read(person)).toMatchObject({ version: 2, bundles: 7, flushAt: now });
  });

  test('overrides are kept by schedule, oldest first, and can be taken back once', async () => {
    const { overrides } = open();
    const schedule = newId();
    const make = (id: string, madeAt: number) => ({
      id,
      schedule,
      person: 'ada',
      from: now,
      to: now + 1_000,
      madeBy: 'test',
      madeAt,
    });
    await overrides.add(make('young', now));
    await overrides.add(make('old', now - 1));
    expect(await overrides.list(schedule)).toEqual([make('old', now - 1), make('young', now)]);
    expect(await overrides.list('another')).toEqual([]);
    expect(await overrides.remove(schedule, 'old')).toBe(true);
    expect(await overrides.remove(schedule, 'old')).toBe(false);
    expect((await overrides.list(schedule)).map(({ id }) => id)).toEqual(['young']);
  });
}
