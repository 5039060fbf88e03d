// What is known of the progress of a batch: rows as loaded, moved by conditional writes while it is exported.
import type { Destination } from '../exporters/exporter.ts';
import { RetryableError } from '../model/errors.ts';
import type { ProgressRow, ProgressStore } from './ports.ts';

/** Progress of a destination that has everything of a request; exporters never use this word of their own. */
export const DONE = 'done';

interface Entry {
  progress: string;
  version: number;
  /** Another instance wrote the row, or a write of ours got no answer: this delivery writes it no more. */
  lost: boolean;
}

export class ProgressLedger {
  private readonly store: ProgressStore;
  private readonly entries = new Map<string, Entry>();

  constructor(store: ProgressStore, rows: readonly ProgressRow[]) {
    this.store = store;
    for (const { ingestId, destination, progress, version } of rows) {
      this.entries.set(keyOf(ingestId, destination), { progress, version, lost: false });
    }
  }

  /** What was noted last; undefined when nothing was. */
  progress(ingestId: string, destination: Destination): string | undefined {
    return this.entries.get(keyOf(ingestId, destination))?.progress;
  }

  isDone(ingestId: string, destination: Destination): boolean {
    return this.progress(ingestId, destination) === DONE;
  }

  /** True when another instance works on this request for this destination, as far as this one can know. */
  isLost(ingestId: string, destination: Destination): boolean {
    return this.entries.get(keyOf(ingestId, destination))?.lost ?? false;
  }

  /**
   * Notes progress durably; the promise that exporters get as `saveProgress`.
   * @returns ingest ids that another instance moved meanwhile; undefined when there are none
   * @throws RetryableError 'unavailable' when a row could not be written
   */
  async save(
    destination: Destination,
    entries: readonly { readonly ingestId: string; readonly progress: string }[],
  ): Promise<ReadonlySet<string> | undefined> {
    const lost = new Set(entries.filter((e) => this.isLost(e.ingestId, destination)).map((e) => e.ingestId));
    const rows = entries
      .filter((entry) => !lost.has(entry.ingestId))
      .map(({ ingestId, progress }) => {
        const known = this.entries.get(keyOf(ingestId, destination));
        return { ingestId, destination, progress, version: (known?.version ?? 0) + 1 };
      });
    const results = rows.length === 0 ? [] : await this.store.save(rows);
    let failed = 0;
    for (const [index, row] of rows.entries()) {
      const result = results[index] ?? 'failed';
      if (result === 'failed') failed += 1;
      if (result === 'conflict') lost.add(row.ingestId);
      this.note(row, result === 'saved');
    }
    if (failed > 0) {
      throw new RetryableError(
        'unavailable',
        `progress of ${failed} requests at ${destination} was not saved`,
      );
    }
    return lost.size === 0 ? undefined : lost;
  }

  private note({ ingestId, destination, progress, version }: ProgressRow, saved: boolean): void {
    const key = keyOf(ingestId, destination);
    const known = this.entries.get(key);
    if (saved) this.entries.set(key, { progress, version, lost: false });
    else if (known !== undefined) known.lost = true;
    else this.entries.set(key, { progress: '', version: 0, lost: true });
  }
}

function keyOf(ingestId: string, destination: Destination): string {
  return `${ingestId}/${destination}`;
}
