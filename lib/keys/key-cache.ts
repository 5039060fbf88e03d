// Remembers what is stored of keys, so that not each request asks DynamoDB. A revoked key ends within a minute.
import type { KeyRecord } from './ingest-key.ts';

/** How long a key is believed. */
export const KEY_CACHE_MS = 60_000;
/** Shorter for ids that are not known, so that a new key works soon after somebody tried it too early. */
export const MISS_CACHE_MS = 10_000;
/** Entries of each sort; made-up ids push out made-up ids only. */
const MAX_ENTRIES = 1_000;

export interface KeySource {
  find(keyId: string, deadlineMs: number): Promise<KeyRecord | undefined>;
}

interface Entry {
  readonly record: KeyRecord | undefined;
  readonly untilMs: number;
}

export class KeyCache implements KeySource {
  private readonly source: KeySource;
  private readonly now: () => number;
  private readonly hits = new Map<string, Entry>();
  private readonly misses = new Map<string, Entry>();

  /** @param now epoch milliseconds */
  constructor(source: KeySource, now: () => number) {
    this.source = source;
    this.now = now;
  }

  /** @throws what the source throws; nothing is remembered then */
  async find(keyId: string, deadlineMs: number): Promise<KeyRecord | undefined> {
    const askedAtMs = this.now();
    const known = this.hits.get(keyId) ?? this.misses.get(keyId);
    if (known !== undefined && askedAtMs < known.untilMs) return known.record;
    this.hits.delete(keyId);
    this.misses.delete(keyId);
    const record = await this.source.find(keyId, deadlineMs);
    if (record === undefined) remember(this.misses, keyId, { record, untilMs: askedAtMs + MISS_CACHE_MS });
    else remember(this.hits, keyId, { record, untilMs: askedAtMs + KEY_CACHE_MS });
    return record;
  }
}

/** Makes room by forgetting the oldest entry: a Map lists its keys in the order they came. */
function remember(entries: Map<string, Entry>, keyId: string, entry: Entry): void {
  if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value!);
  entries.set(keyId, entry);
}
