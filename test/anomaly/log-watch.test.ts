// Log groups that are watched: new, vanished and surging patterns become alerts with a beginning and an end.
import { describe, expect, test } from 'vitest';
import { watchLogs } from '../../lib/anomaly/log-watch/run.ts';
import type { LogLines } from '../../lib/anomaly/ports.ts';
import type { Alert } from '../../lib/model/alert.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import { MemoryObjects } from './run/memory-ports.ts';

const WINDOW = 300_000;
const START = Date.UTC(2026, 10, 2);
const GROUP = '/tidewatch/payments';

class Story {
  readonly objects = new MemoryObjects();
  readonly sent: { at: number; alert: Alert }[] = [];
  now = START + 2 * 60_000;
  #lines: readonly string[] = [];
  failure: Error | undefined;

  /** One window with these lines. @returns the alerts that were sent */
  async window(...lines: string[]) {
    this.now += WINDOW;
    this.#lines = lines;
    const sent = this.sent.length;
    const outcome = await watchLogs(
      this.#ports(),
      { groups: ['/tidewatch/*'], severity: 'ticket' },
      this.now,
      Number.POSITIVE_INFINITY,
    );
    return { outcome, alerts: this.sent.slice(sent).map(({ alert }) => alert) };
  }

  async usual(windows: number): Promise<void> {
    for (let window = 0; window < windows; window++) {
      const { alerts } = await this.window(...usualLines(window));
      expect(alerts).toEqual([]);
    }
  }

  #ports() {
    const lines: LogLines = {
      groups: async () => [GROUP],
      read: async () => {
        if (this.failure !== undefined) throw this.failure;
        return { lines: this.#lines, isCut: false };
      },
    };
    return {
      objects: this.objects,
      lines,
      alerts: {
        send: async (alerts: readonly Alert[], at: number) =>
          void this.sent.push(...alerts.map((alert) => ({ at, alert }))),
      },
      clock: () => 0,
    };
  }
}

function usualLines(seed: number): string[] {
  const lines = Array.from({ length: 30 }, (_, at) => `order ${seed * 100 + at} was paid in ${at} ms`);
  return [...lines, ...Array.from({ length: 15 }, () => 'heartbeat of the payment worker')];
}

describe('a log group', () => {
  test('whose lines stay alike gives no alert', async () => {
    await new Story().usual(20);
  });

  test('with a line that was never seen tells of it for an hour, louder when it speaks of an error', async () => {
    const story = new Story();
    await story.usual(8);
    const { alerts } = await story.window(...usualLines(8), 'connection to ledger refused: error 111');
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.labels).toMatchObject({
      alertname: 'LogPattern',
      kind: 'new',
      service: 'payments',
      severity: 'ticket',
    });
    expect(alerts[0]?.annotations.summary).toMatch(
      /^payments: new log pattern: connection to ledger refused/,
    );
    const ends: (Alert & { at: number })[] = [];
    for (let window = 9; window < 23; window++) {
      const sent = (await story.window(...usualLines(window))).alerts;
      ends.push(
        ...sent.filter(({ endsAt }) => endsAt <= story.now).map((alert) => ({ ...alert, at: story.now })),
      );
    }
    expect(ends.map(({ labels }) => labels)).toEqual([alerts[0]?.labels]);
    expect(ends[0]!.at - alerts[0]!.startsAt).toBe(3_600_000);
  });

  test('whose pattern vanishes tells of it until it is back', async () => {
    const story = new Story();
    await story.usual(8);
    const paid = usualLines(8).filter((line) => line.startsWith('order'));
    const { alerts } = await story.window(...paid);
    expect(alerts.map(({ labels }) => labels.kind)).toEqual(['vanished']);
    expect(alerts[0]?.annotations.summary).toContain('heartbeat of the payment worker');
    const back = (await story.window(...usualLines(9))).alerts;
    expect(back.map(({ labels, endsAt }) => [labels.kind, endsAt === story.now])).toEqual([
      ['vanished', true],
    ]);
  });

  test('whose pattern surges tells of it', async () => {
    const story = new Story();
    await story.usual(8);
    const many = Array.from({ length: 400 }, () => 'heartbeat of the payment worker');
    const { alerts } = await story.window(...usualLines(8), ...many);
    expect(alerts.map(({ labels }) => labels.kind)).toEqual(['surging']);
    expect(alerts[0]?.annotations.lines).toMatch(/^415 in the last five minutes, usually 15$/);
  });

  test('that cannot be read is counted, and read by the next run', async () => {
    const story = new Story();
    await story.usual(8);
    story.failure = new RetryableError('throttled', 'FilterLogEvents throttled');
    const { outcome } = await story.window();
    expect(outcome.failure).toBe(story.failure);
    expect(outcome.counts).toEqual([{ name: 'logGroupsNotRead', count: 1, reason: 'throttled' }]);
    story.failure = undefined;
    await story.usual(1);
  });

  test('with a thousand new lines at once tells of twenty and counts the rest', async () => {
    const story = new Story();
    await story.usual(8);
    const words = 'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike'.split(' ');
    const fresh = words.flatMap((one, at) => [
      `${one} began ${'so '.repeat(at)}`,
      `then ${'it '.repeat(at)} ${one} failed`,
    ]);
    const { alerts, outcome } = await story.window(...usualLines(8), ...fresh);
    expect(alerts).toHaveLength(20);
    expect(outcome.counts).toEqual([{ name: 'patternChangesNotTold', count: 6, reason: 'tooMany' }]);
  });

  test('whose table is damaged is begun anew', async () => {
    const story = new Story();
    await story.usual(2);
    const key = `anomaly/patterns/${encodeURIComponent(GROUP)}`;
    const stored = await story.objects.load(key);
    await story.objects.save(key, Buffer.from('{'), stored?.version);
    const { outcome } = await story.window(...usualLines(3));
    expect(outcome.counts).toEqual([{ name: 'statesLearnedAnew', count: 1, reason: 'damaged' }]);
  });
});
