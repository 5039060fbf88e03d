// The recordings of a live Alertmanager that lie beside the project, and how they are compared.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReplayedNotification } from '../../lib/alerting/replay/replay.ts';

const SHARED = process.env.TIDEWATCH_SHARED ?? new URL('../../../shared', import.meta.url).pathname;
const FOLDER = join(SHARED, 'data/alertmanager-oracle');

export const oracleIsHere = existsSync(FOLDER);

export interface Scenario {
  readonly id: string;
  readonly says?: string;
  readonly config: string;
  readonly events: readonly object[];
  /** Seconds. */
  readonly until: number;
  readonly notifications: readonly RecordedNotification[];
}

export interface RecordedNotification extends ReplayedNotification {
  /** Delivered by a retry: at any time in the range. */
  readonly atRange?: readonly [number, number];
}

export interface RouteCases {
  readonly id: string;
  readonly config: string;
  readonly cases: readonly {
    readonly labels: Record<string, string>;
    readonly receivers: readonly string[];
  }[];
}

export function readScenarios(): Scenario[] {
  if (!oracleIsHere) return [];
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Scenario);
}

export function readRouteCases(): RouteCases[] {
  if (!oracleIsHere) return [];
  const lines = readFileSync(join(FOLDER, 'routes.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RouteCases);
}

/** Recorded times are rounded to 50 ms and late by some 10 ms. */
const TOLERANCE_S = 0.35;

/** How a replay differs from a recording; order between groups means nothing. Empty if they agree. */
export function differences(
  recorded: readonly RecordedNotification[],
  replayed: readonly ReplayedNotification[],
): string[] {
  const expected = byGroup(recorded);
  const got = byGroup(replayed);
  return [...new Set([...expected.keys(), ...got.keys()])].flatMap((group) => {
    const wanted = expected.get(group) ?? [];
    const came = got.get(group) ?? [];
    if (JSON.stringify(came.map(content)) !== JSON.stringify(wanted.map(content))) {
      return [`${group}: expected ${times(wanted)}, got ${times(came)}`];
    }
    return wanted.flatMap(({ at, atRange: [from, to] = [at, at] }, i) => {
      const time = came[i]!.at;
      const inTime = time >= from - TOLERANCE_S && time <= to + TOLERANCE_S;
      return inTime ? [] : [`${group}: expected at ${from}..${to}, got ${time}`];
    });
  });
}

function byGroup<T extends ReplayedNotification>(notifications: readonly T[]): Map<string, T[]> {
  return Map.groupBy(notifications, ({ receiver, groupKey }) => `${receiver} ${groupKey}`);
}

function content({ status, alerts }: ReplayedNotification): unknown {
  return [status, alerts.map(({ labels, status }) => [Object.entries(labels).sort(), status])];
}

function times(notifications: readonly ReplayedNotification[]): string {
  return JSON.stringify(notifications.map(({ at, status, alerts }) => [at, status, alerts]));
}
