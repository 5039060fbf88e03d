// Hour rows that this process has read or written. Rows change only together with the version of the hot row, so what
// was kept at a version is what is stored as long as that version is.
import type { HourRead, SloStore } from '../ports.ts';

interface Kept {
  readonly version: number;
  /** Undefined: there is no such row. */
  readonly hours: Map<number, Uint8Array | undefined>;
}

export class HourCache {
  private readonly bySlo = new Map<string, Kept>();
  private readonly store: Pick<SloStore, 'hours'>;

  constructor(store: Pick<SloStore, 'hours'>) {
    this.store = store;
  }

  /** The rows that were asked for, by SLO. @param reads with the version of the hot row they go with, 0 for none */
  async read(
    reads: readonly (HourRead & { readonly version: number })[],
  ): Promise<Map<string, ReadonlyMap<number, Uint8Array>>> {
    const missing: HourRead[] = [];
    for (const { slo, hours, version } of reads) {
      const kept = this.at(slo, version);
      const unknown = hours.filter((hour) => !kept.hours.has(hour));
      if (unknown.length > 0) missing.push({ slo, hours: unknown });
    }
    if (missing.length > 0) {
      const found = await this.store.hours(missing);
      for (const { slo, hours } of missing) {
        const kept = this.bySlo.get(slo)!;
        for (const hour of hours) kept.hours.set(hour, found.get(slo)?.get(hour));
      }
    }
    const answer = new Map<string, ReadonlyMap<number, Uint8Array>>();
    for (const { slo, hours } of reads) {
      const kept = this.bySlo.get(slo)!.hours;
      const rows = hours.flatMap((hour) => {
        const row = kept.get(hour);
        return row === undefined ? [] : [[hour, row] as const];
      });
      answer.set(slo, new Map(rows));
      for (const hour of kept.keys()) if (!hours.includes(hour)) kept.delete(hour);
    }
    return answer;
  }

  /** The SLO now has this version, which changed these rows only. */
  written(slo: string, version: number, hours: ReadonlyMap<number, Uint8Array>): void {
    const before = this.bySlo.get(slo);
    const kept = new Map(before?.version === version - 1 ? before.hours : []);
    for (const [hour, row] of hours) kept.set(hour, row);
    this.bySlo.set(slo, { version, hours: kept });
  }

  forget(slo: string): void {
    this.bySlo.delete(slo);
  }

  private at(slo: string, version: number): Kept {
    let kept = this.bySlo.get(slo);
    if (kept?.version !== version) {
      kept = { version, hours: new Map() };
      this.bySlo.set(slo, kept);
    }
    return kept;
  }
}
