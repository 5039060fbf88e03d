// Whatever fails, comes twice or late: every alert that must page is delivered, nothing is told twice to a receiver
// that remembers, ends are told, and a silence silences. Worlds by seed; a failure names its seed.
import { beforeAll, describe, expect, test } from 'vitest';
import { matchesAll } from '../../lib/alerting/matchers/matcher.ts';
import { silenceOf } from '../../lib/alerting/muting/silence-record.ts';
import { live, REPEAT_MS, type Seen, type World, type WorldAlert } from './chaos.ts';

const SEEDS = Number(process.env.TIDEWATCH_CHAOS_SEEDS ?? 100);
const worlds: { seed: number; world: World }[] = [];

beforeAll(async () => {
  for (let seed = 1; seed <= SEEDS; seed++) worlds.push({ seed, world: await live(seed) });
}, 300_000);

const KINDS = ['webhook', 'pagerduty'];

describe('in every world', () => {
  test('instances ended, and things went wrong', () => {
    const crashes = worlds.reduce((sum, { world }) => sum + world.crashes, 0);
    expect(crashes).toBeGreaterThan(SEEDS);
  });

  test('each firing alert that must page is delivered at least once, to each integration', () => {
    const missed = worlds.flatMap(({ seed, world }) =>
      world.alerts
        .filter((alert) => mustPage(world, alert))
        .flatMap((alert) =>
          KINDS.filter(
            (kind) => !world.seen.some((one) => one.kind === kind && tells(one, alert, 'firing')),
          ).map((kind) => ({ seed, kind, alert })),
        ),
    );
    expect(missed).toEqual([]);
  });

  test('a receiver that remembers keys is not told the same twice before it is to be repeated', () => {
    const twice = worlds.flatMap(({ seed, world }) =>
      sequences(world).flatMap((sequence) =>
        sequence.flatMap((one, i) => {
          const before = sequence[i - 1];
          if (before === undefined || text(before) !== text(one)) return [];
          return one.at - before.at < REPEAT_MS ? [{ seed, at: [before.at, one.at], told: text(one) }] : [];
        }),
      ),
    );
    expect(twice).toEqual([]);
  });

  test('what a receiver with a state was told fires is told to have resolved', () => {
    const open = worlds.flatMap(({ seed, world }) =>
      sequences(world).flatMap((sequence) => {
        const last = sequence.at(-1)!;
        if (last.kind === 'webhook' && !isPlain(world, last.content.groupLabels.alertname!)) return [];
        return last.content.status === 'resolved'
          ? []
          : [{ seed, kind: last.kind, at: last.at, told: text(last) }];
      }),
    );
    expect(open).toEqual([]);
  });

  test('nothing is decided to be sent after a silence took effect', () => {
    const loud = worlds.flatMap(({ seed, world }) =>
      world.decided.flatMap(({ at, entry }) =>
        entry.alerts
          .filter(({ status, alert }) => status === 'firing' && isSilenced(world, alert.labels, at))
          .map(({ alert }) => ({ seed, at, labels: alert.labels })),
      ),
    );
    expect(loud).toEqual([]);
  });

  test('nothing is left behind once all alerts have resolved', () => {
    const left = worlds.filter(({ world }) => world.groupsLeft > 0 || world.timersLeft > 0);
    expect(
      left.map(({ seed, world: { groupsLeft, timersLeft } }) => ({ seed, groupsLeft, timersLeft })),
    ).toEqual([]);
  });
});

test('the same seed makes the same world', async () => {
  expect(text2(await live(7))).toBe(text2(await live(7)));
});

function text2({ seen, decided }: World): string {
  return JSON.stringify([seen, decided]);
}

/** Neither silenced nor inhibited at any time while it fires. */
function mustPage(world: World, { labels, firesAt, resolvesAt }: WorldAlert): boolean {
  if (labels.severity === 'warning') return false;
  return !world.silences.some(
    (silence) => silence.startsAt <= resolvesAt && silence.endsAt >= firesAt && covers(silence, labels),
  );
}

/** No alert of the group is ever muted: then every end is told to everybody. */
function isPlain(world: World, alertname: string): boolean {
  return world.alerts.every(
    ({ labels }) =>
      labels.alertname !== alertname ||
      (labels.severity !== 'warning' && !world.silences.some((silence) => covers(silence, labels))),
  );
}

function isSilenced(world: World, labels: WorldAlert['labels'], at: number): boolean {
  return world.silences.some((one) => one.startsAt < at && at <= one.endsAt && covers(one, labels));
}

function covers(silence: World['silences'][number], labels: WorldAlert['labels']): boolean {
  return silenceOf(silence).matcherSets.some((set) => matchesAll(set, labels));
}

function tells({ content }: Seen, { labels, firesAt }: WorldAlert, status: string): boolean {
  return content.alerts.some(
    (alert) =>
      alert.status === status && alert.labels.instance === labels.instance && alert.startsAt === firesAt,
  );
}

/** Deliveries by group and integration, in order. */
function sequences({ seen }: World): Seen[][] {
  return [...Map.groupBy(seen, ({ kind, content }) => `${kind} ${content.groupKey}`).values()];
}

function text({ content }: Seen): string {
  return JSON.stringify([
    content.status,
    content.alerts.map(({ fingerprint, status, startsAt }) => [fingerprint, status, startsAt]),
  ]);
}
