// What the anomaly detection needs from outside; lib/aws implements it, tests use fakes that pass the same suites.
import type { Alert } from '../model/alert.ts';
import type { CallEdge } from './causes/rank-causes.ts';

/** A CloudWatch metric. Dimensions are in order of their names, so that equal metrics look alike. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
}

export interface SeriesQuery {
  readonly metric: MetricIdentity;
  /** Such as `Sum` or `p95`. */
  readonly statistic: string;
}

export interface Point {
  /** Start of the period, epoch milliseconds. */
  readonly time: number;
  readonly value: number;
}

export interface MetricCatalogue {
  /** Every metric of a namespace that has had data of late (CloudWatch: in two weeks), of one name or of all. */
  list(namespace: string, name: string | undefined): Promise<readonly MetricIdentity[]>;
}

export interface MetricHistory {
  /**
   * Points of many series over one time range, each in order of time; what a series does not have is absent.
   * @param fromMs first period, @param toMs end of the last one, epoch milliseconds
   * @returns in the order of the queries
   * @throws RetryableError
   */
  read(
    queries: readonly SeriesQuery[],
    stepMs: number,
    fromMs: number,
    toMs: number,
  ): Promise<readonly (readonly Point[])[]>;
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Opaque; another one after each write. */
  readonly version: string;
}

/** Objects of which only the writer that read the newest version may write the next. */
export interface VersionedObjects {
  /** @returns undefined when there is none */
  load(key: string): Promise<StoredObject | undefined>;
  /**
   * @param version that was read; undefined when there was none
   * @returns the new version, or 'conflict' when somebody else was faster
   */
  save(
    key: string,
    bytes: Uint8Array,
    version: string | undefined,
  ): Promise<{ readonly version: string } | 'conflict'>;
}

export interface AlertSink {
  send(alerts: readonly Alert[], nowMs: number): Promise<void>;
}

/** Who calls whom, as traces show it. */
export interface ServiceGraph {
  edges(fromMs: number, toMs: number): Promise<readonly CallEdge[]>;
}

/** Who told of a change. */
export type ChangeKind = 'cloudformation' | 'codedeploy' | 'ecs' | 'lambda' | 'appconfig';

/** A change of the system: what an incident is compared with when one looks for what happened before it. */
export interface Change {
  /** The same for the same change, however often it is told. */
  readonly id: string;
  readonly kind: ChangeKind;
  /** When it happened, epoch milliseconds. */
  readonly time: number;
  /** What was changed, such as a stack, a service or a function. */
  readonly component: string;
  /** What happened, such as `deployment d-1234 started`. */
  readonly what: string;
}

export interface ChangeRecorder {
  /** Recording the same change twice is recording it once. */
  record(change: Change): Promise<void>;
}

/** What was deployed and when. */
export interface ChangeLog {
  /** In order of time; `toMs` is outside. */
  between(fromMs: number, toMs: number): Promise<readonly Change[]>;
}

/** A score that is published as a metric. */
export interface PublishedScore {
  readonly component: string;
  readonly metric: MetricIdentity;
  readonly statistic: string;
  /** Of the point that was scored, epoch milliseconds. */
  readonly time: number;
  /** 0..1 */
  readonly score: number;
  /** NaN until it is known. */
  readonly low: number;
  readonly high: number;
}

export interface ScorePublisher {
  publish(scores: readonly PublishedScore[]): Promise<void>;
}

export interface LogLines {
  /** Names of log groups. @param patterns names, or prefixes followed by `*` */
  groups(patterns: readonly string[]): Promise<readonly string[]>;
  /**
   * Messages of a group from a time on, until another that is outside; epoch milliseconds.
   * @param most lines read; `isCut` tells that there were more
   */
  read(
    group: string,
    fromMs: number,
    toMs: number,
    most: number,
  ): Promise<{ readonly lines: readonly string[]; readonly isCut: boolean }>;
}
