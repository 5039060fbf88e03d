// What a run did and what it could not do: counters with reasons, and the errors behind them for the log.

/** Why an SLO was not evaluated in a run. */
export type SkipReason =
  | 'throttled'
  | 'unavailable'
  | 'partial'
  | 'forbidden'
  | 'rejected'
  | 'outOfTime'
  /** It was evaluated for a later time already. */
  | 'olderThanState'
  /** Another evaluation was faster: this one changed nothing. */
  | 'conflict'
  /** Its row could not be read or written. */
  | 'stateUnavailable'
  | 'unreadableState';

/** A schedule may call twice, and late: then another call did the work. */
const HARMLESS: ReadonlySet<SkipReason> = new Set(['olderThanState', 'conflict']);

export interface RunCount {
  readonly name:
    | 'notEvaluated'
    | 'restored'
    | 'behind'
    | 'clamped'
    | 'notCounted'
    | 'notTold'
    | 'notPublished';
  readonly count: number;
  readonly reason: string;
}

export class RunSummary {
  /** Alerts and events that were told. */
  alerts = 0;
  events = 0;
  evaluated = 0;
  private readonly counters = new Map<string, { name: RunCount['name']; count: number; reason: string }>();
  private readonly causes: unknown[] = [];
  private readonly examples = new Map<string, string>();

  add(name: RunCount['name'], count: number, reason: string): void {
    if (count === 0) return;
    const key = `${name} ${reason}`;
    const counter = this.counters.get(key) ?? { name, count: 0, reason };
    counter.count += count;
    this.counters.set(key, counter);
  }

  /** @param example one SLO that it happened to, and what the service said */
  skip(count: number, reason: SkipReason, example: string): void {
    this.add('notEvaluated', count, reason);
    if (!HARMLESS.has(reason) && !this.examples.has(reason)) this.examples.set(reason, example);
  }

  fail(cause: unknown): void {
    this.causes.push(cause);
  }

  /** Nothing was evaluated and something failed: to be tried again. */
  get isLost(): boolean {
    return this.evaluated === 0 && this.failure !== undefined;
  }

  /** Written beside the counters. */
  get facts(): Readonly<Record<string, number>> {
    return { evaluatedSlos: this.evaluated, alertsTold: this.alerts, eventsTold: this.events };
  }

  /** What did not go as it should, for the metrics of the function: none costs nothing. */
  get counts(): readonly RunCount[] {
    return [...this.counters.values()];
  }

  /** One error for the log; undefined when all went well. */
  get failure(): Error | undefined {
    if (this.causes.length === 0 && this.examples.size === 0) return undefined;
    const skipped = [...this.examples].map(([reason, example]) => `${reason}: ${example}`).join('; ');
    const message = skipped === '' ? 'part of the evaluation failed' : `SLOs were not evaluated: ${skipped}`;
    return new Error(message, this.causes.length === 0 ? undefined : { cause: this.causes[0] });
  }
}
