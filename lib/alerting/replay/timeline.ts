// What happens when on a virtual clock: a heap by time; of equal times what was added first comes first.

interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly value: T;
}

export class Timeline<T> {
  private readonly heap: Entry<T>[] = [];
  private added = 0;

  add(at: number, value: T): void {
    this.added += 1;
    const entry = { at, order: this.added, value };
    const { heap } = this;
    let place = heap.length;
    heap.push(entry);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (before(heap[parent]!, entry)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = entry;
  }

  /** Takes out what comes next, if it is not later than `until`. */
  next(until: number): { at: number; value: T } | undefined {
    const { heap } = this;
    const first = heap[0];
    if (first === undefined || first.at > until) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.sink(last);
    return first;
  }

  private sink(entry: Entry<T>): void {
    const { heap } = this;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (before(entry, heap[child]!)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = entry;
  }
}

function before<T>(left: Entry<T>, right: Entry<T>): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
