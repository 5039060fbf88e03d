// `/api/v2/silences` and `/api/v2/silence/{id}`: making, changing and ending silences as Alertmanager does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPostedSilence } from '../../../lib/alerting/api/silence-changes.ts';
import { apiWorld, NOW } from './api-world.ts';

const at = (ms: number) => new Date(ms).toISOString();
const HOUR = 3_600_000;
const SILENCE = {
  matchers: [
    { name: 'alertname', value: 'A', isRegex: false },
    { name: 'zone', value: '1|2', isRegex: true, isEqual: false },
  ],
  startsAt: at(NOW),
  endsAt: at(NOW + HOUR),
  createdBy: 'me',
  comment: 'maintenance',
};

test('a silence is made, shown, listed and ended', async () => {
  const { ask } = apiWorld();
  const made = await ask('POST', '/api/v2/silences', SILENCE);
  expect([made.status, made.json]).toEqual([200, { silenceID: 'silence-1' }]);
  const shown = await ask('GET', '/api/v2/silence/silence-1');
  expect(shown.json).toEqual({
    id: 'silence-1',
    status: { state: 'active' },
    updatedAt: at(NOW),
    comment: 'maintenance',
    createdBy: 'me',
    startsAt: at(NOW),
    endsAt: at(NOW + HOUR),
    matchers: [
      { isEqual: true, isRegex: false, name: 'alertname', value: 'A' },
      { isEqual: false, isRegex: true, name: 'zone', value: '1|2' },
    ],
  });
  expect((await ask('DELETE', '/api/v2/silence/silence-1', undefined, NOW + 5)).status).toBe(200);
  const later = await ask('GET', '/api/v2/silences', undefined, NOW + 5);
  expect(later.json[0]).toMatchObject({ id: 'silence-1', status: { state: 'expired' }, endsAt: at(NOW + 4) });
  expect((await ask('DELETE', '/api/v2/silence/silence-1', undefined, NOW + 6)).status).toBe(200);
});

test('one that is not there is 404', async () => {
  const { ask } = apiWorld();
  for (const [method, path, body] of [
    ['GET', '/api/v2/silence/x', undefined],
    ['DELETE', '/api/v2/silence/x', undefined],
    ['POST', '/api/v2/silences', { ...SILENCE, id: 'x' }],
  ] as const) {
    expect((await ask(method, path, body)).status).toBe(404);
  }
});

describe('a change', () => {
  const changed = async (change: object, now: number, first: object = {}) => {
    const { ask } = apiWorld();
    await ask('POST', '/api/v2/silences', { ...SILENCE, ...first });
    const { json } = await ask(
      'POST',
      '/api/v2/silences',
      { ...SILENCE, ...first, ...change, id: 'silence-1' },
      now,
    );
    const all = (await ask('GET', '/api/v2/silences', undefined, now)).json;
    const states = all.map(
      ({ id, status }: { id: string; status: { state: string } }) => `${id} ${status.state}`,
    );
    return { id: json.silenceID, states };
  };

  test('of the end of an active one keeps its id', async () => {
    expect(await changed({ endsAt: at(NOW + 2 * HOUR), comment: 'longer' }, NOW + 10)).toEqual({
      id: 'silence-1',
      states: ['silence-1 active'],
    });
  });

  test('of what it matches makes a new one and ends the old', async () => {
    const matchers = [{ name: 'alertname', value: 'B', isRegex: false }];
    const { id, states } = await changed({ matchers }, NOW + 10);
    expect(id).not.toBe('silence-1');
    expect(states).toEqual([`${id} active`, 'silence-1 expired']);
  });

  test('of the start of one that has not begun keeps its id', async () => {
    const pending = { startsAt: at(NOW + 1_000) };
    expect(await changed({ startsAt: at(NOW + 2_000) }, NOW + 10, pending)).toEqual({
      id: 'silence-1',
      states: ['silence-1 pending'],
    });
  });

  test('of one that is over makes a new one', async () => {
    const { id, states } = await changed({ startsAt: at(NOW), endsAt: at(NOW + 9 * HOUR) }, NOW + 2 * HOUR);
    expect(states).toEqual([`${id} active`, 'silence-1 expired']);
  });
});

test('lists active ones first, and only what was asked for', async () => {
  const { ask } = apiWorld();
  await ask('POST', '/api/v2/silences', { ...SILENCE, startsAt: at(NOW + 1_000) });
  await ask('POST', '/api/v2/silences', SILENCE);
  await ask('POST', '/api/v2/silences', {
    ...SILENCE,
    matchers: [{ name: 'x', value: 'y', isRegex: false }],
  });
  await ask('DELETE', '/api/v2/silence/silence-3', undefined, NOW + 1);
  const ids = async (query: string) =>
    (await ask('GET', `/api/v2/silences${query}`, undefined, NOW + 2)).json.map(
      ({ id }: { id: string }) => id,
    );
  expect(await ids('')).toEqual(['silence-2', 'silence-1', 'silence-3']);
  expect(await ids('?filter=alertname="A"')).toEqual(['silence-2', 'silence-1']);
  expect(await ids('?active=false&pending=false')).toEqual(['silence-3']);
  expect((await ask('GET', '/api/v2/silences?filter=x')).status).toBe(400);
  expect(await ids('?creator=nobody')).toEqual([]);
  expect(await ids('?creator=nobody&creator=me')).toEqual(await ids(''));
});

describe('a post', () => {
  test.each([
    ['no object', [], 'expected an object'],
    ['no matchers', { ...SILENCE, matchers: [] }, 'at least one matcher required'],
    [
      'a matcher of everything',
      { ...SILENCE, matchers: [{ name: 'a', value: '.*', isRegex: true }] },
      'must not match the empty string',
    ],
    [
      'no expression',
      { ...SILENCE, matchers: [{ name: 'a', value: '(', isRegex: true }] },
      'matchers[0]: bad regular expression',
    ],
    [
      'an expression that blows up elsewhere',
      { ...SILENCE, matchers: [{ name: 'a', value: '(a{1000}){1000}', isRegex: true }] },
      'matchers[0]: bad regular expression',
    ],
    [
      'no name',
      { ...SILENCE, matchers: [{ name: '', value: 'x', isRegex: false }] },
      'matchers[0]: expected a name',
    ],
    ['no isRegex', { ...SILENCE, matchers: [{ name: 'a', value: 'x' }] }, 'expected isRegex'],
    [
      'an end before its start',
      { ...SILENCE, startsAt: at(NOW + 2 * HOUR) },
      'start time must be before end time',
    ],
    [
      'an end in the past',
      { ...SILENCE, startsAt: at(NOW - HOUR), endsAt: at(NOW - 1) },
      "end time can't be in the past",
    ],
    ['no times', { ...SILENCE, startsAt: undefined }, 'expected startsAt and endsAt'],
    ['no comment', { ...SILENCE, comment: 3 }, 'expected comment'],
    ['too much', { ...SILENCE, comment: 'x'.repeat(40_000) }, 'expected at most 32768'],
  ])('of %s is refused', async (_, body, message) => {
    const { ask } = apiWorld();
    const { status, json } = await ask('POST', '/api/v2/silences', body);
    expect(status).toBe(400);
    expect(json).toContain(message);
  });

  test('by nobody is by the key', async () => {
    const { ask } = apiWorld();
    await ask('POST', '/api/v2/silences', { ...SILENCE, createdBy: '' });
    expect((await ask('GET', '/api/v2/silence/silence-1')).json.createdBy).toBe('me');
  });

  test('law: it is read or refused with a sentence, whatever it is', () => {
    const matcher = fc.record({
      name: fc.string(),
      value: fc.string(),
      isRegex: fc.boolean(),
      isEqual: fc.boolean(),
    });
    const silence = fc.record({
      id: fc.oneof(fc.string(), fc.anything()),
      matchers: fc.oneof(fc.array(matcher), fc.anything()),
      startsAt: fc.oneof(fc.constant(at(NOW)), fc.anything()),
      endsAt: fc.oneof(fc.constant(at(NOW + HOUR)), fc.anything()),
      createdBy: fc.oneof(fc.string(), fc.anything()),
      comment: fc.oneof(fc.string(), fc.anything()),
      annotations: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything()),
    });
    fc.assert(
      fc.property(fc.oneof(silence, fc.anything()), (value) => {
        const read = readPostedSilence(value, 'me', NOW);
        expect(typeof read === 'string' ? read.length : read.matchers.length).toBeGreaterThan(0);
      }),
    );
  });
});
