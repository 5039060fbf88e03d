// One alert: its identity, what a post leaves out, and how posts of the same alert are joined.
import { describe, expect, test } from 'vitest';
import {
  type AlertRecord,
  compareAlerts,
  completeAlert,
  mergeAlerts,
  type PostedAlert,
} from '../../lib/alerting/alerts/alert-record.ts';

const TIMEOUT = 300;
const complete = (posted: Partial<PostedAlert>, now = 100) =>
  completeAlert({ labels: { a: 'b' }, ...posted }, now, TIMEOUT, 1);

describe('a posted alert', () => {
  test.each<[string, Partial<PostedAlert>, object]>([
    ['starts now and ends with the time-out', {}, { startsAt: 100, endsAt: 400, timesOut: true }],
    ['with an end starts there', { endsAt: 90 }, { startsAt: 90, endsAt: 90, timesOut: false }],
    ['keeps its start', { startsAt: 7 }, { startsAt: 7, endsAt: 400, timesOut: true }],
    ['loses labels without a value', { labels: { a: 'b', c: '' } }, { labels: { a: 'b' } }],
  ])('%s', (_what, posted, expected) => {
    expect(complete(posted)).toMatchObject(expected);
  });

  test.each([
    ['without labels', { labels: {} }, 'noLabels'],
    ['with empty labels only', { labels: { a: '' } }, 'noLabels'],
    ['with a label without a name', { labels: { '': 'x' } }, 'emptyLabelName'],
    ['that ends before it starts', { startsAt: 5, endsAt: 4 }, 'endsBeforeStart'],
  ])('%s is refused', (_what, posted, reason) => {
    expect(complete(posted)).toBe(reason);
  });
});

describe('two posts of one alert', () => {
  const record = (startsAt: number, endsAt: number, timesOut = false): AlertRecord => ({
    ...(complete({}) as AlertRecord),
    startsAt,
    endsAt,
    timesOut,
  });

  test.each<[string, AlertRecord, AlertRecord, [number, number]]>([
    ['keep the earliest start', record(10, 400, true), record(100, 400, true), [10, 400]],
    ['resolve at the posted end', record(10, 400, true), record(100, 100), [10, 100]],
    [
      'keep a posted end against a time-out that is earlier',
      record(10, 900),
      record(100, 400, true),
      [10, 900],
    ],
    ['move a time-out to an earlier posted end', record(10, 900, true), record(90, 400), [10, 400]],
    ['keep the later of two ends that have passed', record(10, 95), record(90, 90), [10, 95]],
    [
      'that do not overlap are two alerts: the newer stays',
      record(10, 50),
      record(100, 400, true),
      [100, 400],
    ],
  ])('%s', (_what, known, arrived, [startsAt, endsAt]) => {
    expect(mergeAlerts(known, arrived, 100)).toMatchObject({ startsAt, endsAt });
  });
});

test('alerts are told of by job, then instance, then label set', () => {
  const sets = [
    { z: '1' },
    { job: 'b', instance: '1' },
    { job: 'a', instance: '2' },
    { job: 'a' },
    { job: 'a', instance: '1', x: '1' },
    { y: '1', a: '2' },
  ];
  expect([...sets].sort(compareAlerts)).toEqual([sets[4], sets[2], sets[3], sets[1], sets[0], sets[5]]);
});
