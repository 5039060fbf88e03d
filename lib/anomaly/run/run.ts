// One run of the anomaly detection at `event.time`: list → shards → what is going on → incidents → alerts.
import { RetryableError } from '../../model/errors.ts';
import type { AlertSink, MetricCatalogue, PublishedScore, ScorePublisher, ServiceGraph } from '../ports.ts';
import { type AnomalySettings, CADENCE_MS, type Cadence } from '../watch/settings.ts';
import type { KnownAnomaly } from './incident.ts';
import type { InvestigationPorts } from './investigate.ts';
import { type Count, RunCounts, reasonOf } from './run-counts.ts';
import type { AnomalyEvent } from './run-event.ts';
import { runShard, type Shard, type ShardPorts, type ShardResult } from './run-shard.ts';
import { updateIncidents } from './update-incidents.ts';
import { readWatchList } from './watch-list.ts';

export interface AnomalyPorts extends ShardPorts, InvestigationPorts {
  readonly catalogue: MetricCatalogue;
  readonly graph: ServiceGraph;
  readonly alerts: AlertSink;
  readonly scores: ScorePublisher;
}

export interface RunOutcome {
  readonly counts: readonly Count[];
  /** For the log. */
  readonly facts: Readonly<Record<string, string | number | undefined>>;
  /** The first thing that went wrong, though the run went on. */
  readonly failure: unknown;
}

/** Shards judged at the same time: each holds about 10 MB. */
const SHARDS_AT_ONCE = 4;

/** @throws RetryableError when nothing at all could be judged, or the incidents could not be kept */
export async function runAnomalyDetection(
  ports: AnomalyPorts,
  settings: AnomalySettings,
  event: AnomalyEvent,
): Promise<RunOutcome> {
  const counts = new RunCounts();
  const list = await readWatchList(ports, settings, event.nowMs);
  let failure = list.stale;
  if (failure !== undefined) counts.left('metricListsNotRead', reasonOf(failure));
  const shards = list.shards.filter(({ every }) => every === event.every);
  const { results, failed, error } = await judgeShards(ports, shards, event, counts);
  failure ??= error;
  if (shards.length > 0 && failed.size === shards.length) throw failure;

  const finished = { every: event.every, failed, anomalies: results.flatMap(anomaliesOf) };
  const watched = list.shards.flatMap(({ metrics }) => metrics);
  const told = await updateIncidents(
    ports,
    settings,
    { finished, watched, edges: list.edges },
    event,
    counts,
  );
  failure ??= told.failure;
  const unpublished = await publish(
    ports.scores,
    results.flatMap(({ result }) => result.scores),
    counts,
  );
  return {
    counts: counts.list(),
    facts: {
      every: event.every,
      metrics: shards.reduce((sum, { metrics }) => sum + metrics.length, 0),
      ...counts.totals,
      anomalies: told.anomalies,
      incidents: told.incidents,
      alerts: told.alerts,
    },
    failure: failure ?? unpublished,
  };
}

interface Finished {
  readonly shard: Shard;
  readonly result: ShardResult;
}

/** Begins at another shard each time, so that none is always the one that is left for the next run. */
export function inTurn<T>(shards: readonly T[], nowMs: number, every: Cadence): T[] {
  const first = shards.length === 0 ? 0 : Math.floor(nowMs / CADENCE_MS[every]) % shards.length;
  return [...shards.slice(first), ...shards.slice(0, first)];
}

async function judgeShards(
  ports: AnomalyPorts,
  shards: readonly Shard[],
  { every, nowMs, deadlineMs }: AnomalyEvent,
  counts: RunCounts,
): Promise<{ results: readonly Finished[]; failed: ReadonlySet<string>; error: unknown }> {
  const waiting = inTurn(shards, nowMs, every);
  const results: Finished[] = [];
  const failed = new Set<string>();
  let error: unknown;
  const worker = async (): Promise<void> => {
    for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
      try {
        if (ports.clock() >= deadlineMs) throw new RetryableError('timeout', `no time left for ${shard.key}`);
        const result = await runShard(ports, shard, nowMs, deadlineMs);
        counts.shard(result.counts);
        results.push({ shard, result });
      } catch (reason) {
        error ??= reason;
        failed.add(shard.key);
        counts.left('metricsNotJudged', reasonOf(reason), shard.metrics.length);
      }
    }
  };
  await Promise.all(Array.from({ length: SHARDS_AT_ONCE }, worker));
  return { results, failed, error };
}

function anomaliesOf({ shard, result }: Finished): KnownAnomaly[] {
  return result.open.map(({ watched, anomaly }) => ({
    id: watched.id,
    component: watched.component,
    metric: watched.metric,
    statistic: watched.watch.statistic,
    every: shard.every,
    shard: shard.key,
    severity: watched.watch.severity,
    anomaly,
  }));
}

async function publish(
  publisher: ScorePublisher,
  scores: readonly PublishedScore[],
  counts: RunCounts,
): Promise<unknown> {
  if (scores.length === 0) return undefined;
  try {
    await publisher.publish(scores);
    return undefined;
  } catch (error) {
    counts.left('scoresNotPublished', reasonOf(error), scores.length);
    return error;
  }
}
