// What a live Alertmanager 0.34 sent and what its amtool answered: the replay and the routes say the same.
import { describe, expect, test } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { replay } from '../../lib/alerting/replay/replay.ts';
import { parseReplayEvents } from '../../lib/alerting/replay/replay-events.ts';
import { buildRoutes, matchRoutes } from '../../lib/alerting/routing/route.ts';
import { differences, oracleIsHere, readRouteCases, readScenarios } from './shared-oracle.ts';

describe.skipIf(!oracleIsHere)(
  `a recorded Alertmanager${oracleIsHere ? '' : ' (skipped: ../shared/data/alertmanager-oracle is not here)'}`,
  () => {
    const scenarios = readScenarios();
    const [byHand, random] = [/^hand-/, /^random-/].map((name) =>
      scenarios.filter(({ id }) => name.test(id)),
    );

    test.each(byHand!.map((scenario) => [scenario.id, scenario.says ?? '', scenario] as const))(
      '%s: %s',
      (_id, _says, scenario) => {
        expect(differencesOf(scenario)).toEqual([]);
      },
    );

    test('sent what the replay delivers, in random scenarios', () => {
      expect(random!.length).toBeGreaterThan(0);
      const wrong = random!.flatMap((scenario) =>
        differencesOf(scenario).map((text) => `${scenario.id} ${text}`),
      );
      expect(wrong).toEqual([]);
    });

    test('gave each label set the same receivers', () => {
      const wrong = readRouteCases().flatMap(({ id, config, cases }) => {
        const root = buildRoutes(parseAlertmanagerConfig(config).route);
        return cases.flatMap(({ labels, receivers }) => {
          const got = matchRoutes(root, labels).map(({ receiver }) => receiver);
          return got.join() === receivers.join() ? [] : [{ id, labels, receivers, got }];
        });
      });
      expect(wrong).toEqual([]);
    });
  },
);

function differencesOf({
  config,
  events,
  until,
  notifications,
}: ReturnType<typeof readScenarios>[number]): string[] {
  const lines = parseReplayEvents(events.map((event) => JSON.stringify(event)).join('\n'));
  return differences(
    notifications,
    replay(parseAlertmanagerConfig(config), lines, { untilMs: until * 1_000 }),
  );
}
