// Time intervals on the wall clock of their place, over the edges of days, months and summer time.
import { describe, expect, test } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { isWithin } from '../../lib/alerting/muting/time-interval.ts';

function interval(spec: string) {
  const text = `
route: {receiver: r}
receivers: [{name: r}]
time_intervals: [{name: i, time_intervals: [${spec}]}]`;
  return parseAlertmanagerConfig(text).timeIntervals[0]!;
}

describe('a time interval', () => {
  test.each<[string, string, readonly string[], readonly string[]]>([
    ['without fields holds always', '{}', ['2026-01-01T00:00:00Z', '1999-12-31T23:59:59Z'], []],
    [
      'of times has its start and not its end',
      "{times: [{start_time: '09:00', end_time: '17:00'}]}",
      ['2026-05-04T09:00:00Z', '2026-05-04T16:59:59Z'],
      ['2026-05-04T08:59:59Z', '2026-05-04T17:00:00Z'],
    ],
    [
      'that ends at 24:00 has the last minute',
      "{times: [{start_time: '17:00', end_time: '24:00'}]}",
      ['2026-05-04T23:59:59Z'],
      ['2026-05-05T00:00:00Z'],
    ],
    [
      'of weekdays has both ends',
      "{weekdays: ['Monday:wednesday', saturday]}",
      ['2026-05-04T00:00:00Z', '2026-05-06T23:00:00Z', '2026-05-09T12:00:00Z'],
      ['2026-05-03T12:00:00Z', '2026-05-07T00:00:00Z'],
    ],
    [
      'of the last days of a month follows its length',
      "{days_of_month: ['-3:-1']}",
      ['2026-01-29T00:00:00Z', '2026-02-26T00:00:00Z', '2028-02-29T12:00:00Z'],
      ['2026-01-28T23:00:00Z', '2026-02-25T00:00:00Z', '2028-02-26T12:00:00Z'],
    ],
    [
      'of days that a month lacks is skipped or cut',
      "{days_of_month: ['29:31']}",
      ['2026-03-30T00:00:00Z', '2028-02-29T00:00:00Z'],
      ['2026-02-28T00:00:00Z'],
    ],
    [
      'from a day to the end of the month',
      "{days_of_month: ['5:-1']}",
      ['2026-02-05T00:00:00Z', '2026-02-28T00:00:00Z'],
      ['2026-02-04T00:00:00Z'],
    ],
    [
      'of months takes names and numbers',
      "{months: ['1:3', 'may:August', december]}",
      ['2026-02-01T00:00:00Z', '2026-08-31T00:00:00Z', '2026-12-01T00:00:00Z'],
      ['2026-04-01T00:00:00Z', '2026-09-01T00:00:00Z'],
    ],
    [
      'of years',
      "{years: ['2020:2022', '2030']}",
      ['2022-12-31T23:59:59Z', '2030-06-01T00:00:00Z'],
      ['2023-01-01T00:00:00Z'],
    ],
    [
      'with several fields needs all of them',
      '{months: [may], weekdays: [monday]}',
      ['2026-05-04T00:00:00Z'],
      ['2026-05-05T00:00:00Z', '2026-06-01T00:00:00Z'],
    ],
    [
      'of a place follows its summer time',
      "{times: [{start_time: '09:00', end_time: '10:00'}], location: Europe/Berlin}",
      // Winter, then summer; on the day of the change itself, 29 March 2026, it is summer already.
      ['2026-01-05T08:00:00Z', '2026-07-06T07:00:00Z', '2026-03-29T07:30:00Z'],
      ['2026-01-05T07:30:00Z', '2026-07-06T08:00:00Z', '2026-03-29T08:30:00Z'],
    ],
    [
      'of the last day of a month with a change of clocks is that day',
      "{days_of_month: ['-1'], location: America/New_York}",
      // New York changed on 8 March 2026; Alertmanager before 0.35 is a day off here.
      ['2026-03-31T12:00:00Z', '2026-04-01T03:59:00Z'],
      ['2026-03-30T12:00:00Z', '2026-04-01T04:00:00Z'],
    ],
  ])('%s', (_what, spec, contains, excludes) => {
    const subject = interval(spec);
    expect(contains.filter((time) => !isWithin(subject, Date.parse(time)))).toEqual([]);
    expect(excludes.filter((time) => isWithin(subject, Date.parse(time)))).toEqual([]);
  });
});
