// The list of watched metrics as it is kept between runs: refreshed each hour, and laid out in shards so that a
// metric's state stays in the same object for as long as the metric is there.

import { PermanentError } from '../../model/errors.ts';
import type { CallEdge } from '../causes/rank-causes.ts';
import type { MetricIdentity } from '../ports.ts';
import type { Cadence } from '../watch/settings.ts';
import type { WatchedMetric } from '../watch/watched-metrics.ts';

/** Metrics of one shard object, and of one GetMetricData call. */
export const SHARD_METRICS = 500;
/** A list older than this is made anew. */
export const CATALOGUE_AGE_MS = 3_600_000;
const CATALOGUE_VERSION = 1;

/** One metric as it is kept: the watch by its place in the settings. */
export interface CatalogueEntry {
  readonly id: string;
  readonly metric: MetricIdentity;
  readonly component: string;
  readonly watch: number;
}

export interface Catalogue {
  readonly version: typeof CATALOGUE_VERSION;
  /** Epoch milliseconds. */
  readonly refreshedAt: number;
  /** Of the settings that it was made by: others make it anew. */
  readonly settingsKey: string;
  readonly edges: readonly CallEdge[];
  readonly shards: Readonly<Record<Cadence, readonly (readonly CatalogueEntry[])[]>>;
}

/** Lays metrics out in shards: known ones stay where they are, new ones fill the gaps, then new shards. */
export function assignShards(
  before: readonly (readonly CatalogueEntry[])[],
  entries: readonly CatalogueEntry[],
  size = SHARD_METRICS,
): CatalogueEntry[][] {
  const open = new Map(entries.map((entry) => [entry.id, entry]));
  const shards = before.map((shard) =>
    shard.flatMap(({ id }) => {
      const entry = open.get(id);
      return entry !== undefined && open.delete(id) ? [entry] : [];
    }),
  );
  let at = 0;
  for (const entry of open.values()) {
    while (at < shards.length && shards[at]!.length >= size) at++;
    if (at === shards.length) shards.push([]);
    shards[at]!.push(entry);
  }
  return shards;
}

/** The next catalogue. @param before the last one, undefined at the first run */
export function refreshed(
  before: Catalogue | undefined,
  watched: readonly (WatchedMetric & { readonly place: number })[],
  edges: readonly CallEdge[],
  settingsKey: string,
  nowMs: number,
): Catalogue {
  const entriesOf = (every: Cadence): CatalogueEntry[] =>
    watched
      .filter(({ watch }) => watch.every === every)
      .map(({ id, metric, component, place }) => ({ id, metric, component, watch: place }));
  return {
    version: CATALOGUE_VERSION,
    refreshedAt: nowMs,
    settingsKey,
    edges,
    shards: {
      '5m': assignShards(before?.shards['5m'] ?? [], entriesOf('5m')),
      '1m': assignShards(before?.shards['1m'] ?? [], entriesOf('1m')),
    },
  };
}

export function encodeCatalogue(catalogue: Catalogue): Uint8Array {
  return Buffer.from(JSON.stringify(catalogue));
}

/** @throws PermanentError `malformed` for bytes that are no catalogue of this version */
export function decodeCatalogue(bytes: Uint8Array): Catalogue {
  const catalogue = parsed(bytes);
  if (catalogue?.version === CATALOGUE_VERSION) return catalogue as Catalogue;
  throw new PermanentError('malformed', 'the list of watched metrics is of another version or damaged');
}

function parsed(bytes: Uint8Array): { readonly version?: number } | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as { readonly version?: number };
  } catch {
    return undefined;
  }
}
