// Reading many raw objects as one stream of requests, each once: a request that was exported twice lies in two objects.
import { type RawEntry, type RawHeader, readRawObject } from './raw-object.ts';

/**
 * Yields the requests of raw objects in the order of the objects, leaving out ingest ids that came before.
 * @param objects bytes of raw objects, fetched one after the other
 * @throws MalformedError, PermanentError as readRawObject does
 */
export async function* readDistinct(
  objects: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<RawHeader & RawEntry> {
  const seen = new Set<string>();
  for await (const bytes of objects) {
    const { signal, tenant, entries } = readRawObject(bytes);
    for (const entry of entries) {
      // The id is a digest of key, signal and body: within one signal and tenant it names the request.
      const id = `${signal}/${tenant}/${entry.ingestId}`;
      if (seen.has(id)) continue;
      seen.add(id);
      yield { signal, tenant, ...entry };
    }
  }
}
