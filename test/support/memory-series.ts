// Baselines in memory: conditional transactions as the table does them, with a moment for others at each step.
import type {
  SeriesCommit,
  SeriesStore,
  ShardContent,
  StoredShard,
} from '../../lib/exporters/cloudwatch-metrics/ports.ts';

interface Row {
  content: ShardContent;
  version: number;
}

export class MemorySeries implements SeriesStore {
  readonly shards = new Map<string, Row>();
  readonly moves = new Map<string, Uint8Array>();
  /** Awaited before each load and each commit: where another instance may get ahead, or the store may fail. */
  pause: (step: 'load' | 'commit') => Promise<void> = async () => undefined;
  conflicts = 0;

  async load(shard: string, ingestIds: readonly string[]) {
    await this.pause('load');
    const row = this.shards.get(shard);
    const stored: StoredShard | undefined = row && { ...row, fading: false };
    return { shard: stored, moves: ingestIds.map((id) => this.moves.get(`${shard}/${id}`)) };
  }

  async commit({ shard, before, content, children, moves }: SeriesCommit): Promise<'committed' | 'conflict'> {
    await this.pause('commit');
    const isStale = (this.shards.get(shard)?.version ?? 0) !== before;
    if (isStale || moves.some(({ ingestId }) => this.moves.has(`${shard}/${ingestId}`))) {
      this.conflicts++;
      return 'conflict';
    }
    this.shards.set(shard, { content, version: before + 1 });
    for (const child of children)
      this.shards.set(child.shard, { content: child.content, version: before + 1 });
    for (const { ingestId, data } of moves) this.moves.set(`${shard}/${ingestId}`, data);
    return 'committed';
  }
}
