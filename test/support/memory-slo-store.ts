// Rows of SLOs in memory. Passes the suite of the one on DynamoDB.
import type { HotRow, HourRead, SloCommit, SloStatusReader, SloStore } from '../../lib/slo/ports.ts';
import type { SloStatus } from '../../lib/slo/status.ts';

export class MemorySloStore implements SloStore, SloStatusReader {
  readonly rows = new Map<string, HotRow>();
  readonly hourRows = new Map<string, Map<number, Uint8Array>>();
  commits = 0;
  /** Hour rows written. */
  hourWrites = 0;

  async load(slos: readonly string[]): Promise<ReadonlyMap<string, HotRow>> {
    return new Map(
      slos.flatMap((slo) => {
        const row = this.rows.get(slo);
        return row === undefined ? [] : [[slo, { ...row, recent: Uint8Array.from(row.recent) }] as const];
      }),
    );
  }

  async hours(reads: readonly HourRead[]): Promise<ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>> {
    return new Map(
      reads.map(({ slo, hours }) => {
        const rows = this.hourRows.get(slo);
        return [slo, new Map(hours.flatMap((hour) => (rows?.has(hour) ? [[hour, rows.get(hour)!]] : [])))];
      }),
    );
  }

  async hoursBetween(slo: string, from: number, to: number): Promise<ReadonlyMap<number, Uint8Array>> {
    return new Map([...(this.hourRows.get(slo) ?? [])].filter(([hour]) => hour >= from && hour < to));
  }

  async commit({ slo, row, hours }: SloCommit): Promise<'committed' | 'conflict'> {
    if ((this.rows.get(slo)?.version ?? 0) !== row.version - 1) return 'conflict';
    this.commits++;
    this.hourWrites += hours.size;
    this.rows.set(slo, row);
    const rows = this.hourRows.get(slo) ?? new Map<number, Uint8Array>();
    for (const [hour, packed] of hours) rows.set(hour, packed);
    this.hourRows.set(slo, rows);
    return 'committed';
  }

  async emptyOutbox(slo: string, outbox: string): Promise<void> {
    const row = this.rows.get(slo);
    if (row?.outbox === outbox) this.rows.set(slo, { ...row, outbox: '' });
  }

  async statuses(slos: readonly string[]): Promise<ReadonlyMap<string, SloStatus>> {
    return new Map([...(await this.load(slos))].map(([slo, { status }]) => [slo, status]));
  }
}
