// Points of cumulative series → deltas, with baselines that all instances share.
// Each shard is moved by one transaction that also writes down what each request moved. So a redelivery gets the same
// deltas however far others have gone since, and of two instances at once one has to look again.
import { RetryableError } from '../../model/errors.ts';
import type { CumulativePoint } from './cumulative-point.ts';
import type { SeriesCommit, SeriesStore } from './ports.ts';
import { bitAt, decodeMove, encodeMove, type PointResult, SeriesLeaf } from './series-leaf.ts';

/** A shard above this size is cut in two. */
const MAX_SHARD_BYTES = 100_000;

/** Shards worked on at a time. */
const CONCURRENCY = 8;

/** Times that another instance may be faster before the message goes back. */
const MAX_CONFLICTS = 8;

export interface CumulativeRequest {
  readonly ingestId: string;
  readonly acceptedAtMs: number;
  readonly points: readonly CumulativePoint[];
}

/** One result for each point in order, or why there are none yet. */
export type Resolution =
  | { readonly results: readonly PointResult[] }
  | { readonly results: undefined; readonly error: RetryableError };

/** Points of one request in one shard. */
interface Share {
  readonly request: CumulativeRequest;
  /** Places among the request's points. */
  readonly places: readonly number[];
}

export class DeltaResolver {
  private readonly store: SeriesStore;

  constructor(store: SeriesStore) {
    this.store = store;
  }

  /** @returns one resolution for each request, by ingest id; rejects only for faults of ours */
  async resolve(requests: readonly CumulativeRequest[]): Promise<Map<string, Resolution>> {
    const results = new Map<string, PointResult[]>(requests.map(({ ingestId }) => [ingestId, []]));
    const errors = new Map<string, RetryableError>();
    const open = [...sharesByResource(requests)];
    const worker = async (): Promise<void> => {
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const [resource, shares] = next;
        try {
          await this.settle(resource, '', shares, results);
        } catch (error) {
          if (!(error instanceof RetryableError)) throw error;
          for (const { request } of shares) errors.set(request.ingestId, error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, open.length) }, worker));
    return new Map(
      requests.map(({ ingestId }) => {
        const error = errors.get(ingestId);
        return [ingestId, error ? { results: undefined, error } : { results: results.get(ingestId)! }];
      }),
    );
  }

  /** Settles the shares of one shard, or of its parts where it was cut. */
  private async settle(
    resource: string,
    path: string,
    shares: readonly Share[],
    results: Map<string, PointResult[]>,
  ): Promise<void> {
    const shard = resource + path;
    let open = shares;
    for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts++) {
      const ids = open.map(({ request }) => request.ingestId);
      const { shard: stored, moves } = await this.store.load(shard, ids);
      open = open.filter((share, index) => {
        const move = moves[index];
        if (move === undefined) return true;
        note(results, share, decodeMove(move));
        return false;
      });
      if (open.length === 0) return;
      if (stored?.content.kind === 'split') {
        if (stored.fading) await this.store.commit(renewal(shard, stored.version));
        for (const bit of [0, 1]) {
          const half = open.map((share) => part(share, bit, path.length)).filter(isNotEmpty);
          if (half.length > 0) await this.settle(resource, path + bit, half, results);
        }
        return;
      }
      const leaf = new SeriesLeaf(stored?.content.data);
      const applied = open.map((share) => ({
        share,
        results: leaf.apply(pointsOf(share), share.request.acceptedAtMs),
      }));
      const moved = applied.map(({ share, results: its }) => ({
        ingestId: share.request.ingestId,
        data: encodeMove(its),
      }));
      const commit = commitOf(resource, path, stored?.version ?? 0, leaf, moved);
      if ((await this.store.commit(commit)) === 'committed') {
        for (const { share, results: its } of applied) note(results, share, its);
        return;
      }
    }
    throw new RetryableError('conflict', `series state ${shard} is being moved by others all the time`);
  }
}

/** The oldest request first, so that each delta goes to the request that brought it. */
function sharesByResource(requests: readonly CumulativeRequest[]): Map<string, Share[]> {
  const order = [...requests].sort(
    (a, b) => a.acceptedAtMs - b.acceptedAtMs || (a.ingestId < b.ingestId ? -1 : 1),
  );
  const byResource = new Map<string, Share[]>();
  for (const request of order) {
    const places = Map.groupBy(request.points.keys(), (place) => request.points[place]!.resource);
    for (const [resource, its] of places) {
      const shares = byResource.get(resource) ?? [];
      shares.push({ request, places: its });
      byResource.set(resource, shares);
    }
  }
  return byResource;
}

function pointsOf({ request, places }: Share): CumulativePoint[] {
  return places.map((place) => request.points[place]!);
}

function part({ request, places }: Share, bit: number, depth: number): Share {
  return { request, places: places.filter((place) => bitAt(request.points[place]!.keyHi, depth) === bit) };
}

function isNotEmpty({ places }: Share): boolean {
  return places.length > 0;
}

function note(
  results: Map<string, PointResult[]>,
  { request, places }: Share,
  its: readonly PointResult[],
): void {
  const all = results.get(request.ingestId)!;
  for (const [index, place] of places.entries()) {
    all[place] = its[index] ?? { delta: undefined, reason: 'stateTooLarge' };
  }
}

function renewal(shard: string, version: number): SeriesCommit {
  return { shard, before: version, content: { kind: 'split' }, children: [], moves: [] };
}

function commitOf(
  resource: string,
  path: string,
  before: number,
  leaf: SeriesLeaf,
  moves: SeriesCommit['moves'],
): SeriesCommit {
  const shard = resource + path;
  const parts = leaf.encode(path, MAX_SHARD_BYTES);
  const own = parts.get(path);
  if (own !== undefined) return { shard, before, content: { kind: 'leaf', data: own }, children: [], moves };
  // Every shard on the way down to the parts gets the mark of a cut.
  const marks = new Set<string>();
  for (const child of parts.keys()) {
    for (let end = path.length + 1; end < child.length; end++) marks.add(child.slice(0, end));
  }
  const children = [
    ...[...marks].map((mark) => ({ shard: resource + mark, content: { kind: 'split' as const } })),
    ...[...parts].map(([child, data]) => ({
      shard: resource + child,
      content: { kind: 'leaf' as const, data },
    })),
  ];
  return { shard, before, content: { kind: 'split' }, children, moves };
}
