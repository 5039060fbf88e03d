// The list of log groups in memory.
import type { LogGroupStore } from '../../lib/exporters/cloudwatch-logs/ports.ts';

export class MemoryLogGroups implements LogGroupStore {
  readonly names = new Set<string>();
  readonly open = new Set<string>();

  async claim(group: string, max: number): Promise<boolean> {
    if (!this.names.has(group) && this.names.size >= max) return false;
    this.names.add(group);
    this.open.add(group);
    return true;
  }

  async finished(group: string): Promise<void> {
    this.open.delete(group);
  }

  async unfinished(): Promise<readonly string[]> {
    return [...this.open];
  }
}
