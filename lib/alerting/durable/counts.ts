// Counts with reasons of what a function did, in the form in which the middleware writes them.

export interface Count {
  readonly name: string;
  readonly count: number;
  readonly reason: string;
}

export class Counts {
  private readonly counts = new Map<string, Count>();

  add(name: string, reason: string, more = 1): void {
    if (more === 0) return;
    const key = `${name} ${reason}`;
    const { count = 0 } = this.counts.get(key) ?? {};
    this.counts.set(key, { name, reason, count: count + more });
  }

  list(): readonly Count[] {
    return [...this.counts.values()];
  }
}
