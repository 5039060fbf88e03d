// What is going on → incidents, looked into, kept, told. The state is written before anything is sent: a run that is
// cut off between the two sends it five minutes later.
import { createHash } from 'node:crypto';
import { PermanentError, RetryableError } from '../../model/errors.ts';
import type { CallEdge } from '../causes/rank-causes.ts';
import type { AlertSink, MetricHistory, ServiceGraph, StoredObject, VersionedObjects } from '../ports.ts';
import type { AnomalySettings } from '../watch/settings.ts';
import type { WatchedMetric } from '../watch/watched-metrics.ts';
import { type Incident, type KnownAnomaly, nextIncidents } from './incident.ts';
import { tellOpen, tellResolved } from './incident-alerts.ts';
import { type InvestigationPorts, investigate } from './investigate.ts';
import {
  isDue,
  PREDICTION_HISTORY_MS,
  PREDICTION_STEP_MS,
  type Prediction,
  predict,
  tellPredictions,
} from './prediction.ts';
import { type RunCounts, reasonOf } from './run-counts.ts';
import type { AnomalyEvent, FinishedShards } from './run-event.ts';
import {
  decodeRunState,
  EMPTY_RUN_STATE,
  encodeRunState,
  RUN_STATE_KEY,
  type RunState,
} from './run-state.ts';
import { symptomOf } from './symptom.ts';
import { findTrend, trendId } from './trend.ts';

export interface IncidentPorts extends InvestigationPorts {
  readonly objects: VersionedObjects;
  readonly graph: ServiceGraph;
  readonly alerts: AlertSink;
  readonly history: MetricHistory;
}

export interface Findings {
  readonly finished: FinishedShards;
  /** All watched metrics, of every cadence. */
  readonly watched: readonly WatchedMetric[];
  /** Calls that the span metrics know. */
  readonly edges: readonly CallEdge[];
}

export interface ToldIncidents {
  readonly anomalies: number;
  readonly incidents: number;
  readonly alerts: number;
  readonly failure: unknown;
}

/** Runs of two cadences may meet. */
const TRIES = 4;
/** Calls seen in traces are read again when they are this old. */
const TRACED_AGE_MS = 10 * 60_000;
const TRACED_RANGE_MS = 3_600_000;
/** An incident is looked into at each run while it is this young: evidence is still coming in. */
const YOUNG_MS = 30 * 60_000;
/** Incidents looked into in one run. */
const INVESTIGATED_MAX = 10;
/** Metrics whose prediction is made in one run, about 50 ms each. */
const PREDICTED_MAX = 200;

/** @throws RetryableError `conflict`; what storing and sending throw */
export async function updateIncidents(
  ports: IncidentPorts,
  settings: AnomalySettings,
  findings: Findings,
  event: AnomalyEvent,
  counts: RunCounts,
): Promise<ToldIncidents> {
  const { nowMs } = event;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stored = await ports.objects.load(RUN_STATE_KEY);
    const before = stored === undefined ? EMPTY_RUN_STATE : readable(stored.bytes, counts);
    const update = new IncidentUpdate(ports, settings, findings, counts, nowMs);
    const { state, alerts } = await update.next(before);
    const bytes = encodeRunState(state);
    if (!(await isWritten(ports.objects, bytes, stored))) continue;
    if (alerts.length > 0) await ports.alerts.send(alerts, nowMs);
    return {
      anomalies: state.anomalies.length,
      incidents: state.incidents.length,
      alerts: alerts.length,
      failure: update.failure,
    };
  }
  throw new RetryableError('conflict', `${RUN_STATE_KEY} was written by other runs ${TRIES} times`);
}

/** @returns false when another run wrote another state meanwhile */
async function isWritten(
  objects: VersionedObjects,
  bytes: Uint8Array,
  before: StoredObject | undefined,
): Promise<boolean> {
  const isSame = (one: StoredObject | undefined) =>
    one !== undefined && Buffer.compare(one.bytes, bytes) === 0;
  if (isSame(before)) return true;
  if ((await objects.save(RUN_STATE_KEY, bytes, before?.version)) !== 'conflict') return true;
  // A write whose answer was lost loses against itself: what it wrote has still to be told.
  return isSame(await objects.load(RUN_STATE_KEY));
}

/** A state that cannot be read is begun anew: what is going on is in the shards. */
function readable(bytes: Uint8Array, counts: RunCounts): RunState {
  try {
    return decodeRunState(bytes);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    counts.left('statesLearnedAnew', 'damaged');
    return EMPTY_RUN_STATE;
  }
}

/** A look ahead, or back, at one metric. */
interface Outlook {
  readonly id: string;
  readonly one: WatchedMetric;
  readonly look: typeof predict;
}

class IncidentUpdate {
  /** The first thing that went wrong and was left out. */
  failure: unknown;
  readonly #ports: IncidentPorts;
  readonly #settings: AnomalySettings;
  readonly #findings: Findings;
  readonly #counts: RunCounts;
  readonly #nowMs: number;

  constructor(
    ports: IncidentPorts,
    settings: AnomalySettings,
    findings: Findings,
    counts: RunCounts,
    nowMs: number,
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#findings = findings;
    this.#counts = counts;
    this.#nowMs = nowMs;
  }

  async next(before: RunState) {
    const { finished, watched } = this.#findings;
    const anomalies = goingOn(before.anomalies, finished, new Set(watched.map(({ id }) => id)));
    const traced = anomalies.length === 0 ? before.traced : await this.#traced(before.traced);
    const edges = [...this.#findings.edges, ...traced.edges];
    const step = nextIncidents(before.incidents, anomalies, edges, this.#settings);
    const incidents = await this.#lookInto(step.open, anomalies, edges);
    const predicted = await this.#predict(before.predictions);
    const open = tellOpen(incidents, anomalies, this.#nowMs);
    const predictions = tellPredictions(before.predictions, predicted, this.#nowMs);
    const state: RunState = {
      version: before.version,
      anomalies,
      incidents: open.incidents,
      predictions: predictions.predictions,
      traced,
    };
    const alerts = [...tellResolved(step.resolved, this.#nowMs), ...open.alerts, ...predictions.alerts];
    return { state, alerts };
  }

  async #traced(before: RunState['traced']): Promise<RunState['traced']> {
    if (this.#nowMs - before.readAt < TRACED_AGE_MS) return before;
    try {
      const edges = await this.#ports.graph.edges(this.#nowMs - TRACED_RANGE_MS, this.#nowMs);
      return { readAt: this.#nowMs, edges };
    } catch (error) {
      this.#leftOut('serviceGraphsNotRead', error);
      return before;
    }
  }

  async #lookInto(
    open: readonly Incident[],
    anomalies: readonly KnownAnomaly[],
    edges: readonly CallEdge[],
  ): Promise<Incident[]> {
    const byId = new Map(anomalies.map((one) => [one.id, one]));
    let room = INVESTIGATED_MAX;
    const looked: Incident[] = [];
    for (const incident of open) {
      const going = incident.members.flatMap((id) => byId.get(id) ?? []);
      const key = createHash('sha256').update(incident.members.join('\n')).digest('hex');
      const isDue = key !== incident.investigatedFor || this.#nowMs - incident.startedAt < YOUNG_MS;
      if (isDue && room === 0) this.#counts.left('incidentsNotLookedInto', 'tooMany');
      const known = isDue && room > 0 ? await this.#investigated(incident, going, edges, key) : incident;
      if (isDue && room > 0) room--;
      const service =
        known.service ?? known.investigation?.causes[0]?.component ?? symptomOf(going, edges).component;
      looked.push({ ...known, service });
    }
    return looked;
  }

  async #investigated(
    incident: Incident,
    anomalies: readonly KnownAnomaly[],
    edges: readonly CallEdge[],
    key: string,
  ): Promise<Incident> {
    const { watched } = this.#findings;
    const { changesWithinMs } = this.#settings;
    try {
      const input = { incident, anomalies, watched, edges, changesWithinMs };
      const investigation = await investigate(this.#ports, input, this.#nowMs);
      return { ...incident, investigation, investigatedFor: key };
    } catch (error) {
      this.#leftOut('incidentsNotLookedInto', error);
      return incident;
    }
  }

  /** Predictions and trends: those of this hour are kept, the others are looked at. */
  async #predict(before: readonly Prediction[]): Promise<Prediction[]> {
    const wanted = this.#findings.watched.flatMap((one): Outlook[] => [
      ...(one.watch.prediction === undefined ? [] : [{ id: one.id, one, look: predict }]),
      ...(one.watch.trend === undefined ? [] : [{ id: trendId(one.id), one, look: findTrend }]),
    ]);
    const known = new Map(before.map((prediction) => [prediction.id, prediction]));
    const lookedAt = ({ id }: Outlook): number => known.get(id)?.evaluatedAt ?? 0;
    const due = wanted
      .filter(({ id }) => isDue(known.get(id), this.#nowMs))
      .sort((a, b) => lookedAt(a) - lookedAt(b))
      .slice(0, PREDICTED_MAX);
    const made = new Map<string, Prediction>();
    if (due.length > 0) {
      const to = Math.floor(this.#nowMs / PREDICTION_STEP_MS) * PREDICTION_STEP_MS;
      const queries = due.map(({ one: { metric, watch } }) => ({ metric, statistic: watch.statistic }));
      try {
        const from = to - PREDICTION_HISTORY_MS;
        const points = await this.#ports.history.read(queries, PREDICTION_STEP_MS, from, to);
        due.forEach(({ id, one, look }, at) => {
          made.set(id, look(one, points[at] ?? [], known.get(id), this.#nowMs));
        });
      } catch (error) {
        this.#leftOut('predictionsNotMade', error, due.length);
      }
    }
    return wanted.flatMap(({ id }) => made.get(id) ?? known.get(id) ?? []);
  }

  #leftOut(what: string, error: unknown, count = 1): void {
    this.failure ??= error;
    this.#counts.left(what, reasonOf(error), count);
  }
}

/** What this run found, and what it had no say in: other cadences, and shards that could not be judged. */
export function goingOn(
  before: readonly KnownAnomaly[],
  { every, failed, anomalies }: FinishedShards,
  watched: ReadonlySet<string>,
): KnownAnomaly[] {
  const found = new Set(anomalies.map(({ id }) => id));
  const kept = before.filter(
    ({ id, every: its, shard }) => watched.has(id) && !found.has(id) && (its !== every || failed.has(shard)),
  );
  return [...kept, ...anomalies].sort((a, b) => (a.id < b.id ? -1 : 1));
}
