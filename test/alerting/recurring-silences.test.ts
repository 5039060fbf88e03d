// Silences that come again: read from the configuration, asked by the router, shown by the API.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { ConfigReader, type YamlValue } from '../../lib/alerting/config/reader.ts';
import { readRecurringSilences } from '../../lib/alerting/config/recurring-silences.ts';
import { createRouter, withSameRules } from '../../lib/alerting/groups/router.ts';
import { createMatcher } from '../../lib/alerting/matchers/matcher.ts';
import { addSilence, noSilences, silencedBy, silenceState } from '../../lib/alerting/muting/silence.ts';
import { isWithin } from '../../lib/alerting/muting/time-interval.ts';
import { apiWorld, CONFIG, NOW } from './api/api-world.ts';

const HOUR = 3_600_000;
const NIGHTS = {
  name: 'nights',
  matchers: ['env="test"'],
  time_interval: { times: [{ start_time: '22:00', end_time: '24:00' }], location: 'Europe/Berlin' },
  comment: 'nobody looks at night',
};

function read(list: YamlValue) {
  const reader = new ConfigReader();
  const { timeIntervals } = parseAlertmanagerConfig(CONFIG);
  return {
    found: readRecurringSilences(reader, list, timeIntervals, 'recurring'),
    problems: reader.problems,
  };
}

describe('a recurring silence', () => {
  test('silences what matches exactly while its interval holds', () => {
    const [{ silence }] = read([NIGHTS]).found as [ReturnType<typeof read>['found'][number]];
    const book = noSilences([silence]);
    const year = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(year, fc.constantFrom('test', 'live'), (now, env) => {
        const holds = isWithin(silence.interval, now);
        expect(silenceState(silence, now)).toBe(holds ? 'active' : 'pending');
        const id = silencedBy(book, { env }, now);
        expect(id).toBe(holds && env === 'test' ? 'recurring-nights' : undefined);
      }),
    );
  });

  test('leaves other silences as they are', () => {
    const [{ silence }] = read([NIGHTS]).found as [ReturnType<typeof read>['found'][number]];
    const book = noSilences([silence]);
    const matcherSets = [[createMatcher('env', '=', 'test')]];
    addSilence(book, { id: 'by-hand', matcherSets, startsAt: NOW, endsAt: NOW + HOUR });
    expect(silencedBy(book, { env: 'test' }, NOW)).toBe('by-hand');
    expect(silencedBy(book, { env: 'test' }, NOW + 2 * HOUR)).toBeUndefined();
  });

  test('is part of the rules that every small state of a group begins with', () => {
    const config = { ...parseAlertmanagerConfig(CONFIG), recurringSilences: read([NIGHTS]).found };
    const night = Date.UTC(2026, 10, 24, 21, 30);
    const { silences } = withSameRules(createRouter(config));
    expect(silencedBy(silences, { env: 'test' }, night)).toBe('recurring-nights');
    expect(createRouter(parseAlertmanagerConfig(CONFIG)).silences.byId.size).toBe(0);
  });

  test('may name an interval, and says what is wrong with it', () => {
    const named = { name: 'a', matchers: ['env="test"'], time_interval: 'always' };
    expect(read([named]).problems).toEqual([]);
    const { problems } = read([
      named,
      named,
      { name: 'b c', matchers: ['env=""'], time_interval: 'never' },
      { name: 'd', matchers: ['env="test"'] },
      { name: 'e', matchers: ['x="1"'], time_interval: [{ weekdays: ['someday'] }], until: '1' },
    ]);
    expect(problems.map(({ path }) => path)).toEqual([
      'recurring[1].name',
      'recurring[2].name',
      'recurring[2].matchers',
      'recurring[2].time_interval',
      'recurring[3].time_interval',
      'recurring[4].until',
      'recurring[4].time_interval[0].weekdays[0]',
    ]);
  });

  test('is listed by the API, names what it silences, and cannot be expired there', async () => {
    const always = { ...NIGHTS, time_interval: 'always' };
    const { ask, fire } = apiWorld(CONFIG, read([always]).found);
    await fire({ labels: { alertname: 'Down', env: 'test' } });
    const { json: alerts } = await ask('GET', '/api/v2/alerts');
    expect(alerts[0].status).toMatchObject({ state: 'suppressed', silencedBy: ['recurring-nights'] });
    const { json: silences } = await ask('GET', '/api/v2/silences?filter=env%3D%22test%22');
    expect(silences).toMatchObject([
      { id: 'recurring-nights', status: { state: 'active' }, comment: 'nobody looks at night' },
    ]);
    expect((await ask('GET', '/api/v2/silence/recurring-nights')).json).toEqual(silences[0]);
    expect((await ask('DELETE', '/api/v2/silence/recurring-nights')).status).toBe(400);
    expect((await ask('GET', '/api/v2/silences?active=false')).json).toEqual([]);
  });
});
