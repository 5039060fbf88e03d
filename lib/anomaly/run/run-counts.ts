// What a run counts for its log and metrics: every metric left out has a reason.
import type { ShardCounts } from './run-shard.ts';

export interface Count {
  readonly name: string;
  readonly count: number;
  readonly reason: string;
}

export class RunCounts {
  readonly #left = new Map<string, number>();
  readonly #totals = { rows: 0, rebuilt: 0, warmingUp: 0 };

  /** Something was left out: `metrics` not judged, `incidents` not looked into, `scores` not published. */
  left(name: string, reason: string, count = 1): void {
    if (count === 0) return;
    const key = `${name}\n${reason}`;
    this.#left.set(key, (this.#left.get(key) ?? 0) + count);
  }

  shard({ rows, rebuilt, warmingUp, withoutData, postponed, damaged }: ShardCounts): void {
    this.#totals.rows += rows;
    this.#totals.rebuilt += rebuilt;
    this.#totals.warmingUp += warmingUp;
    this.left('metricsNotJudged', 'withoutData', withoutData);
    this.left('metricsNotJudged', 'postponed', postponed);
    this.left('statesLearnedAnew', 'damaged', damaged);
  }

  get totals(): { readonly rows: number; readonly rebuilt: number; readonly warmingUp: number } {
    return this.#totals;
  }

  list(): Count[] {
    return [...this.#left].map(([key, count]) => {
      const [name = '', reason = ''] = key.split('\n');
      return { name, count, reason };
    });
  }
}

/** The closed reason of an error of either family; `unknown` for anything else. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'reason' in error && typeof error.reason === 'string'
    ? error.reason
    : 'unknown';
}
