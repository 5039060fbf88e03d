import { describe, expect, test } from 'vitest';
import { silenceReminders } from '../../lib/alerting/durable/silence-reminder.ts';
import type { SilenceRecord } from '../../lib/alerting/ports.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 1, 12);
const AHEAD = 15 * MINUTE;

function silence(startsInMin: number, endsInMin: number): SilenceRecord {
  return {
    id: 's1',
    matcherSets: [
      [
        { name: 'team', operator: '=', value: 'web' },
        { name: 'env', operator: '!~', value: 'test|dev' },
      ],
    ],
    startsAt: NOW + startsInMin * MINUTE,
    endsAt: NOW + endsInMin * MINUTE,
    updatedAt: NOW,
    createdBy: 'ann',
    comment: 'migration',
    annotations: {},
    version: 1,
  };
}

describe('a reminder', () => {
  test.each([
    ['comes a quarter of an hour before the end', silence(-60, 15), 1],
    ['comes until the end', silence(-120, 1), 1],
    ['does not come earlier', silence(-60, 16), 0],
    ['does not come once the silence is over', silence(-120, 0), 0],
    ['does not come before the silence has begun', silence(1, 14), 0],
    ['does not come for a silence of less than an hour', silence(-40, 15), 0],
  ])('%s', (_sentence, record, count) => {
    expect(silenceReminders([record], NOW, AHEAD)).toHaveLength(count);
  });

  test('says which silence, until when, by whom and why, and is the same each minute', () => {
    const record = silence(-60, 10);
    const [alert] = silenceReminders([record], NOW, AHEAD);
    expect(alert).toEqual({
      labels: { alertname: 'TidewatchSilenceEnds', severity: 'info', silence: 's1' },
      annotations: {
        summary: 'A silence ends at 2026-01-01T12:10:00.000Z: {team="web", env!~"test|dev"}',
        description: 'Made by ann: migration',
      },
      startsAt: record.endsAt - AHEAD,
      endsAt: record.endsAt,
      generatorUrl: '',
      source: 'silence',
    });
    expect(silenceReminders([record], NOW + MINUTE, AHEAD)).toEqual([alert]);
  });

  test('does not come where it is turned off', () => {
    expect(silenceReminders([silence(-60, 10)], NOW, 0)).toEqual([]);
  });
});
