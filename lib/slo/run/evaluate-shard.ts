// One run over one shard of SLOs: rows → metrics → steps → rows, and what is new is told once its row is written.
import type { Alert } from '../../model/alert.ts';
import { type Override, overrideAt, type SloChange, withChanges } from '../changes/change.ts';
import type { SloChangeStore } from '../changes/ports.ts';
import { SloEvaluator } from '../evaluation/evaluator.ts';
import {
  type AlertSink,
  type CloudWatchSource,
  type EventBus,
  type HotRow,
  MAX_ALERT_BYTES,
  type MetricPublisher,
  type MetricReader,
  type SloDatum,
  type SloEvent,
  type SloStore,
} from '../ports.ts';
import type { SloRuntimeSettings, SloSettings } from '../settings.ts';
import { atATime } from './at-a-time.ts';
import { datumsOf } from './datums.ts';
import { beforeOf, type Evaluated, evaluateSlo, hoursNeeded, type Prepared } from './evaluate-slo.ts';
import { HourCache } from './hour-cache.ts';
import { alertsToTell, isEmpty } from './outbox.ts';
import { MetricsOfSlos, type SeriesBySource } from './read-metrics.ts';
import { planRead, shardOf } from './read-plan.ts';
import { RunSummary, type SkipReason } from './run-summary.ts';
import { minutesOf, sourceKey, sourcesOf } from './terms.ts';

const MINUTE = 60_000;
/** Calls to the state table at a time. */
const QUERIES_AT_A_TIME = 4;
const WRITES_AT_A_TIME = 32;
/** SLOs that are summed anew at a time: 20 of 455 days are some 100 MB of hour rows. */
const REBUILT_AT_A_TIME = 20;
/** An SLO whose minutes end so long ago is behind: its values are not published as those of now. */
const BEHIND_MS = 300_000;

export interface SloRunPorts {
  readonly metrics: MetricReader;
  readonly store: SloStore;
  readonly changes: Pick<SloChangeStore, 'list'>;
  readonly alerts: AlertSink;
  readonly publisher: MetricPublisher;
  readonly events: EventBus;
}

export interface SloRunRequest {
  /** Epoch milliseconds for which the run is. */
  readonly now: number;
  /** 0 up to the number of shards. */
  readonly shard: number;
  /** Epoch milliseconds on the real clock by which it ends. */
  readonly deadlineMs: number;
}

/** An SLO on its way through a run. */
interface Underway extends Prepared {
  readonly sources: readonly CloudWatchSource[];
  readonly from: number;
  readonly to: number;
  readonly override: Override | undefined;
}

interface Done {
  readonly underway: Underway;
  readonly evaluated: Evaluated;
  readonly isRead: boolean;
}

export class SloRun {
  private readonly settings: SloRuntimeSettings;
  private readonly ports: SloRunPorts;
  private readonly metrics: MetricsOfSlos;
  private readonly hourCache: HourCache;
  private readonly detailed: ReadonlySet<string>;
  private readonly clock: () => number;
  /** Evaluators by SLO, with the changes they know of. */
  private readonly evaluators = new Map<
    string,
    { readonly text: string; readonly evaluator: SloEvaluator }
  >();

  /** @param clock epoch milliseconds of the real clock, by which a run ends in time */
  constructor(settings: SloRuntimeSettings, ports: SloRunPorts, clock: () => number = Date.now) {
    this.clock = clock;
    this.settings = settings;
    this.ports = ports;
    this.metrics = new MetricsOfSlos(ports.metrics);
    this.hourCache = new HourCache(ports.store);
    this.detailed = new Set(settings.detailedMetrics);
  }

  /**
   * Evaluates the SLOs of a shard for an instant. What fails for one SLO is counted and leaves the others alone.
   * @throws RetryableError when changes or rows cannot be read at all: nothing was done then
   */
  async run({ now, shard, deadlineMs }: SloRunRequest): Promise<RunSummary> {
    const summary = new RunSummary();
    const slos = this.settings.slos.filter(
      (slo) => shardOf(slo.name, this.settings.shards) === shard && sourcesOf(slo) !== undefined,
    );
    if (slos.length === 0) return summary;
    const [rows, changes] = await Promise.all([
      this.ports.store.load(slos.map(({ name }) => name)),
      this.ports.changes.list(),
    ]);
    const underway = slos.flatMap((slo) => this.prepare(slo, rows.get(slo.name), changes, now, summary));
    const anew = underway.filter(({ evaluator, before }) => evaluator.needsRebuild(before.state));
    const usual = underway.filter((one) => !anew.includes(one));
    await this.evaluateAll(usual, now, deadlineMs, summary);
    // Each has rows of its whole period to read: some at a time, so that neither memory nor time runs out when a change
    // is about all of them. Those that are left are done by the next runs.
    for (let at = 0; at < anew.length; at += REBUILT_AT_A_TIME) {
      const some = anew.slice(at, at + REBUILT_AT_A_TIME);
      if (this.clock() < deadlineMs) await this.evaluateAll(some, now, deadlineMs, summary);
      else for (const { slo } of some) summary.skip(1, 'outOfTime', slo.name);
    }
    return summary;
  }

  private async evaluateAll(
    underway: readonly Underway[],
    now: number,
    deadlineMs: number,
    summary: RunSummary,
  ): Promise<void> {
    if (underway.length === 0) return;
    const [series, hours] = await Promise.all([
      this.metrics.read(underway, deadlineMs),
      this.readHours(underway),
    ]);
    const done = underway.flatMap((one) => this.evaluate(one, series, hours, now, summary));
    const written = await this.write(done, summary);
    await Promise.all([this.tell(written, now, summary), this.publish(written, now, summary)]);
  }

  private prepare(
    defined: SloSettings,
    row: HotRow | undefined,
    changes: readonly SloChange[],
    now: number,
    summary: RunSummary,
  ): Underway[] {
    if (row !== undefined && row.at > now) {
      summary.skip(1, 'olderThanState', defined.name);
      return [];
    }
    const evaluator = this.evaluatorOf(defined, changes);
    const { slo } = evaluator;
    const isSliced = slo.indicator.kind === 'composite' && slo.budgeting.kind !== 'occurrences';
    const unitMs = isSliced ? Math.max(MINUTE, slo.budgeting.sliceMs) : MINUTE;
    try {
      const before = beforeOf(evaluator, row, (stored) =>
        planRead(slo.name, stored, now, slo.settleMs, unitMs),
      );
      const { from, to } = before.plan;
      if (before.isRestored) summary.add('restored', 1, 'unknownVersion');
      const override = overrideAt(changes, slo.name, now);
      return [{ slo, evaluator, ...before, sources: sourcesOf(slo)!, from, to, override }];
    } catch (error) {
      summary.skip(1, 'unreadableState', defined.name);
      summary.fail(error);
      return [];
    }
  }

  private evaluatorOf(defined: SloSettings, changes: readonly SloChange[]): SloEvaluator {
    const own = changes.filter(({ slo, kind }) => slo === defined.name && kind !== 'override');
    const text = own.length === 0 ? '' : JSON.stringify(own);
    const known = this.evaluators.get(defined.name);
    if (known?.text === text) return known.evaluator;
    const evaluator = new SloEvaluator(withChanges(defined, own));
    this.evaluators.set(defined.name, { text, evaluator });
    return evaluator;
  }

  private async readHours(
    underway: readonly Underway[],
  ): Promise<Map<string, ReadonlyMap<number, Uint8Array>>> {
    const rebuilt: { slo: string; from: number; to: number }[] = [];
    const reads: { slo: string; hours: number[]; version: number }[] = [];
    for (const one of underway) {
      const needed = hoursNeeded(one);
      const slo = one.slo.name;
      if ('from' in needed) rebuilt.push({ slo, from: needed.from, to: one.plan.to });
      else reads.push({ slo, hours: needed.hours, version: one.row?.version ?? 0 });
    }
    const [rows, all] = await Promise.all([
      this.hourCache.read(reads),
      atATime(QUERIES_AT_A_TIME, rebuilt, ({ slo, from, to }) =>
        this.ports.store.hoursBetween(slo, from, to),
      ),
    ]);
    for (const [place, { slo }] of rebuilt.entries()) rows.set(slo, all[place]!);
    return rows;
  }

  private evaluate(
    underway: Underway,
    series: ReadonlyMap<Underway, SeriesBySource>,
    hours: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>,
    now: number,
    summary: RunSummary,
  ): Done[] {
    const { slo, plan, sources, override } = underway;
    const answers = sources.map(
      (source) => [sourceKey(source), series.get(underway)!.get(sourceKey(source))!] as const,
    );
    const values = new Map<string, ReadonlyMap<number, number>>();
    let isRead = true;
    for (const [key, answer] of answers) {
      if (answer.kind === 'complete') values.set(key, answer.values);
      else if (isRead) {
        isRead = false;
        summary.skip(1, answer.reason, `${slo.name}: ${answer.message}`);
      }
    }
    const points = isRead ? minutesOf(slo, values, plan.from, plan.to, MINUTE, now) : undefined;
    const rows = hours.get(slo.name) ?? new Map<number, Uint8Array>();
    try {
      return [{ underway, evaluated: evaluateSlo(underway, points, rows, override, now), isRead }];
    } catch (error) {
      summary.skip(1, 'unreadableState', slo.name);
      summary.fail(error);
      return [];
    }
  }

  /** Those that are written, or needed not to be. */
  private async write(done: readonly Done[], summary: RunSummary): Promise<Done[]> {
    const results = await atATime(WRITES_AT_A_TIME, done, async (one): Promise<SkipReason | undefined> => {
      const { row, hours, isChanged } = one.evaluated;
      const slo = one.underway.slo.name;
      if (!isChanged) return undefined;
      try {
        if ((await this.ports.store.commit({ slo, row, hours })) === 'committed') {
          this.hourCache.written(slo, row.version, hours);
          return undefined;
        }
        this.hourCache.forget(slo);
        return 'conflict';
      } catch (error) {
        this.hourCache.forget(slo);
        summary.fail(error);
        return 'stateUnavailable';
      }
    });
    return done.filter((one, place) => {
      const reason = results[place];
      const { slo } = one.underway;
      if (reason !== undefined) {
        summary.skip(1, reason, slo.name);
        return false;
      }
      if (one.isRead) {
        summary.evaluated++;
        summary.add('clamped', one.evaluated.clamped, 'impossibleCounts');
        summary.add('notCounted', one.evaluated.unreadableHours, 'unreadableHour');
        summary.add('notTold', one.evaluated.lostEvents, 'outboxFull');
      }
      return true;
    });
  }

  /** Alerts and events whose rows are written; then their outboxes are emptied. */
  private async tell(written: readonly Done[], now: number, summary: RunSummary): Promise<void> {
    const news = written.filter(({ evaluated }) => evaluated.isChanged && !isEmpty(evaluated.outbox));
    if (news.length === 0) return;
    const alerts: Alert[] = [];
    const events: SloEvent[] = [];
    for (const { underway, evaluated } of news) {
      const { outbox, state, report } = evaluated;
      for (const alert of alertsToTell(underway.slo, outbox, state, report, now)) {
        // No queue ever takes it, so it is not kept for another try.
        if (Buffer.byteLength(JSON.stringify(alert)) > MAX_ALERT_BYTES) {
          summary.add('notTold', 1, 'tooLarge');
          summary.fail(
            new Error(`${underway.slo.name}: an alert above ${MAX_ALERT_BYTES} bytes; shorten its labels`),
          );
        } else alerts.push(alert);
      }
      if (this.settings.events) events.push(...outbox.events);
    }
    const told = await Promise.allSettled([
      alerts.length === 0 ? undefined : this.ports.alerts.send(alerts, now),
      events.length === 0 ? undefined : this.ports.events.put(events),
    ]);
    const failures = told.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    for (const failure of failures) summary.fail(failure);
    if (told[0].status === 'rejected') summary.add('notTold', alerts.length, 'alertQueue');
    else summary.alerts += alerts.length;
    if (told[1].status === 'rejected') summary.add('notTold', events.length, 'eventBus');
    else summary.events += events.length;
    // What was not told stays in the rows; a later run tells it.
    if (failures.length > 0) return;
    await atATime(WRITES_AT_A_TIME, news, ({ underway, evaluated }) =>
      this.ports.store
        .emptyOutbox(underway.slo.name, evaluated.row.outbox)
        .catch((error: unknown) => summary.fail(error)),
    );
  }

  private async publish(written: readonly Done[], now: number, summary: RunSummary): Promise<void> {
    const datums: SloDatum[] = [];
    for (const { underway, evaluated, isRead } of written) {
      if (!isRead) continue;
      const { slo, evaluator } = underway;
      if (now - evaluated.state.to > slo.settleMs + BEHIND_MS) {
        summary.add('behind', 1, 'catchingUp');
        continue;
      }
      datums.push(...datumsOf(slo, evaluator, evaluated, this.detailed.has(slo.name)));
    }
    if (datums.length === 0) return;
    try {
      await this.ports.publisher.publish(datums, now);
    } catch (error) {
      summary.add('notPublished', datums.length, 'cloudwatch');
      summary.fail(error);
    }
  }
}
