// The list of watched metrics for a run: as it was kept, or made anew when it is an hour old or the settings changed.
import { createHash } from 'node:crypto';
import { PermanentError } from '../../model/errors.ts';
import type { CallEdge } from '../causes/rank-causes.ts';
import type { MetricCatalogue, MetricIdentity, StoredObject, VersionedObjects } from '../ports.ts';
import { callEdges, ServiceNames } from '../watch/service-calls.ts';
import type { AnomalySettings, Cadence } from '../watch/settings.ts';
import { type WatchedMetric, watchedMetrics } from '../watch/watched-metrics.ts';
import {
  CATALOGUE_AGE_MS,
  type Catalogue,
  type CatalogueEntry,
  decodeCatalogue,
  encodeCatalogue,
  refreshed,
} from './catalogue.ts';
import type { Shard } from './run-shard.ts';

const CATALOGUE_KEY = 'anomaly/catalogue';
const SETTINGS_KEY_DIGITS = 16;

export interface WatchListPorts {
  readonly objects: VersionedObjects;
  readonly catalogue: MetricCatalogue;
}

export interface WatchList {
  readonly edges: readonly CallEdge[];
  readonly shards: readonly Shard[];
  /** Set when CloudWatch could not be asked and the list of an earlier run is used. */
  readonly stale: unknown;
}

/** @throws what the ports throw, when there is no list of an earlier run for the same settings */
export async function readWatchList(
  ports: WatchListPorts,
  settings: AnomalySettings,
  nowMs: number,
): Promise<WatchList> {
  const stored = await ports.objects.load(CATALOGUE_KEY);
  const before = readable(stored);
  const settingsKey = keyOf(settings);
  const usable = before?.settingsKey === settingsKey ? before : undefined;
  if (usable !== undefined && nowMs - usable.refreshedAt < CATALOGUE_AGE_MS) {
    return listOf(usable, settings, undefined);
  }
  let next: Catalogue;
  try {
    next = await refresh(ports.catalogue, settings, before, settingsKey, nowMs);
  } catch (error) {
    if (usable === undefined) throw error;
    return listOf(usable, settings, error);
  }
  // Another run may have made it at the same time: then that one is kept, and this one serves once.
  await ports.objects.save(CATALOGUE_KEY, encodeCatalogue(next), stored?.version);
  return listOf(next, settings, undefined);
}

async function refresh(
  catalogue: MetricCatalogue,
  settings: AnomalySettings,
  before: Catalogue | undefined,
  settingsKey: string,
  nowMs: number,
): Promise<Catalogue> {
  const { watches, spanNamespace } = settings;
  const spans = await catalogue.list(spanNamespace, undefined);
  const names = new ServiceNames(spans.flatMap((metric) => dimensionOf(metric, 'service') ?? []));
  const listed: MetricCatalogue = {
    list: async (namespace, name) =>
      namespace === spanNamespace
        ? spans.filter((metric) => name === undefined || metric.name === name)
        : catalogue.list(namespace, name),
  };
  const places = new Map(watches.map((watch, place) => [watch, place]));
  const watched = (await watchedMetrics(watches, listed)).map((one) => ({
    ...one,
    component: one.metric.namespace === spanNamespace ? names.of(one.component) : one.component,
    place: places.get(one.watch)!,
  }));
  return refreshed(before, watched, callEdges(spans), settingsKey, nowMs);
}

function listOf({ edges, shards }: Catalogue, settings: AnomalySettings, stale: unknown): WatchList {
  return {
    edges,
    stale,
    shards: (['5m', '1m'] as const).flatMap((every: Cadence) =>
      shards[every].map((entries, number) => ({
        key: `anomaly/shards/${every}-${String(number).padStart(4, '0')}`,
        every,
        metrics: entries.map((entry) => watchedOf(entry, settings)),
      })),
    ),
  };
}

function watchedOf(
  { id, metric, component, watch }: CatalogueEntry,
  settings: AnomalySettings,
): WatchedMetric {
  return { id, metric, component, watch: settings.watches[watch]! };
}

/** A list that is damaged or of another version is made anew. */
function readable(stored: StoredObject | undefined): Catalogue | undefined {
  if (stored === undefined) return undefined;
  try {
    return decodeCatalogue(stored.bytes);
  } catch (error) {
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}

/** Of what the list depends on: another key makes it anew. */
function keyOf({ watches, spanNamespace }: AnomalySettings): string {
  const text = JSON.stringify([spanNamespace, watches]);
  return createHash('sha256').update(text).digest('hex').slice(0, SETTINGS_KEY_DIGITS);
}

function dimensionOf({ dimensions }: MetricIdentity, key: string): string | undefined {
  return dimensions.find(({ name }) => name === key)?.value;
}
