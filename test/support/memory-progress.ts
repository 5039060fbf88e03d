// Progress rows in memory: conditional writes as the table does them.
import type {
  ProgressKey,
  ProgressRow,
  ProgressStore,
  ProgressWrite,
  SaveResult,
} from '../../lib/pipeline/ports.ts';

export class MemoryProgress implements ProgressStore {
  readonly rows = new Map<string, ProgressRow>();

  async load(keys: readonly ProgressKey[]): Promise<readonly ProgressRow[]> {
    return keys.flatMap((key) => this.rows.get(nameOf(key)) ?? []);
  }

  async save(rows: readonly ProgressWrite[]): Promise<readonly SaveResult[]> {
    return rows.map((row) => this.write(row));
  }

  write(row: ProgressWrite): SaveResult {
    if ((this.rows.get(nameOf(row))?.version ?? 0) !== row.version - 1) return 'conflict';
    this.rows.set(nameOf(row), row);
    return 'saved';
  }
}

function nameOf({ ingestId, destination }: ProgressKey): string {
  return `${ingestId}/${destination}`;
}
