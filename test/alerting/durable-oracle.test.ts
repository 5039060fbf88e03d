// Rows, timers and outbox change nothing of what is sent when: the durable path without faults is the router.
import { describe, expect, test } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { replay } from '../../lib/alerting/replay/replay.ts';
import { parseReplayEvents } from '../../lib/alerting/replay/replay-events.ts';
import { replayDurably } from './durable-replay.ts';
import { differences, oracleIsHere, readScenarios } from './shared-oracle.ts';

describe.skipIf(!oracleIsHere)(
  `the durable path and the recorded Alertmanager${oracleIsHere ? '' : ' (skipped: ../shared is not here)'}`,
  () => {
    const scenarios = readScenarios();

    test('agree in every recorded scenario', async () => {
      const wrong: object[] = [];
      for (const { id, config, events, until, notifications } of scenarios) {
        const lines = parseReplayEvents(events.map((event) => JSON.stringify(event)).join('\n'));
        const durable = await replayDurably(parseAlertmanagerConfig(config), lines, until * 1_000);
        const found = differences(notifications, durable);
        if (found.length > 0) wrong.push({ id, found });
      }
      expect(scenarios.length).toBeGreaterThan(100);
      expect(wrong).toEqual([]);
    });

    test('send at the same instants as the replay', async () => {
      for (const { id, config, events, until } of scenarios) {
        const lines = parseReplayEvents(events.map((event) => JSON.stringify(event)).join('\n'));
        const pure = replay(parseAlertmanagerConfig(config), lines, { untilMs: until * 1_000 });
        const durable = await replayDurably(parseAlertmanagerConfig(config), lines, until * 1_000);
        expect(durable.map(text).toSorted(), id).toEqual(pure.map(text).toSorted());
      }
    });
  },
);

function text(notification: object): string {
  return JSON.stringify(notification);
}
