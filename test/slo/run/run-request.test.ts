// What the schedule calls evaluate-slos with.
import { describe, expect, test } from 'vitest';
import { runRequest } from '../../../lib/slo/run/run-request.ts';
import type { EvaluateSlosEvent } from '../../../lib/slo/settings.ts';

const TIME = '2026-01-05T10:00:00Z';

describe('an event', () => {
  test('says for when and which shard; the first one without', () => {
    const now = Date.parse(TIME);
    expect(runRequest({ time: TIME, shard: 2 }, 3, now)).toEqual({ now, shard: 2, deadlineMs: now });
    expect(runRequest({ time: TIME }, 3, now)).toEqual({ now, shard: 0, deadlineMs: now });
  });

  test.each<[string, unknown, string]>([
    [
      'without a time',
      { shard: 0 },
      'event.time: expected a time such as "2026-01-05T10:00:00Z", got undefined',
    ],
    ['with a time that is none', { time: 'now' }, 'got "now"'],
    ['that is nothing', null, 'event.time'],
    [
      'of a shard that does not exist',
      { time: TIME, shard: 3 },
      'event.shard: expected a whole number from 0 to 2, got 3',
    ],
    [
      'of the future, which would keep all from being evaluated until then',
      { time: '2026-01-06T10:00:01Z' },
      'event.time: expected a time within a day of now',
    ],
    ['of half a shard', { time: TIME, shard: 0.5 }, 'got 0.5'],
  ])('%s is refused', (_what, event, message) => {
    expect(() => runRequest(event as EvaluateSlosEvent, 3, Date.parse(TIME))).toThrow(
      expect.objectContaining({ reason: 'wrongUsage', message: expect.stringContaining(message) }),
    );
  });
});
