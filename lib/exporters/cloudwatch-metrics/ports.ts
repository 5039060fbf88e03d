// What the metrics exporter keeps outside itself: baselines of cumulative series. lib/aws/series-store.ts implements it.

/** A shard of baselines, or the mark that it was cut in two: its parts are called `<name>0` and `<name>1`. */
export type ShardContent = { readonly kind: 'leaf'; readonly data: Uint8Array } | { readonly kind: 'split' };

export interface StoredShard {
  readonly content: ShardContent;
  /** Counts up with each write. */
  readonly version: number;
  /** Less than half of its life is left. A leaf is written all the time, the mark of a cut never. */
  readonly fading: boolean;
}

export interface SeriesCommit {
  /** The shard that the commit stands on: it must still have version `before` (0: it must not be there). */
  readonly shard: string;
  readonly before: number;
  readonly content: ShardContent;
  /** Shards below one that is cut now; written whatever was there. */
  readonly children: readonly { readonly shard: string; readonly content: ShardContent }[];
  /** What each request moved in this shard: as final as the move itself. None of them may be there yet. */
  readonly moves: readonly { readonly ingestId: string; readonly data: Uint8Array }[];
}

export interface SeriesStore {
  /**
   * Reads a shard, and what these requests moved in it, consistently. Expired rows are absent.
   * @returns moves in the order asked for, undefined where there is none
   * @throws RetryableError
   */
  load(
    shard: string,
    ingestIds: readonly string[],
  ): Promise<{
    readonly shard: StoredShard | undefined;
    readonly moves: readonly (Uint8Array | undefined)[];
  }>;
  /** Writes all of it or nothing. 'conflict': another instance was faster. @throws RetryableError */
  commit(commit: SeriesCommit): Promise<'committed' | 'conflict'>;
}
