// One request on its way through the calls of a flush: which of its datums come next, and the progress that says so.
import type { ExportOutcome } from '../exporter.ts';
import type { DatumList } from './datum-list.ts';
import { ALL, formatProgress } from './progress.ts';

export class MetricLane {
  readonly ingestId: string;
  readonly list: DatumList;
  /** Numbers of the request's datums in the order of sending: by namespace, so that calls need no other order. */
  readonly order: Int32Array;
  /** Datums that are through, from the first on: sent, or dropped and counted. */
  position: number;
  private readonly tag: string;
  private ended: ExportOutcome | undefined;

  /**
   * @param ranges of datums in `list`, from…to, in the order they were made
   * @param sent how many an earlier delivery sent @param tag see progressTag
   */
  constructor(
    ingestId: string,
    list: DatumList,
    ranges: readonly (readonly [from: number, to: number])[],
    sent: number,
    tag: string,
  ) {
    this.ingestId = ingestId;
    this.list = list;
    this.order = sendOrder(list, ranges);
    this.position = Math.min(sent, this.order.length);
    this.tag = tag;
  }

  /** Namespace of the datum that comes next; undefined when none does. */
  get nextNamespace(): string | undefined {
    const number = this.order[this.position];
    return this.ended === undefined && number !== undefined ? this.list.namespaces[number] : undefined;
  }

  get isThrough(): boolean {
    return this.position >= this.order.length;
  }

  /** Nothing more is sent for this request. */
  stop(outcome: ExportOutcome): void {
    this.ended ??= outcome;
  }

  get progress(): string {
    return this.isThrough ? ALL : formatProgress(this.tag, this.position);
  }

  get outcome(): ExportOutcome {
    return this.ended ?? { kind: 'done' };
  }
}

function sendOrder(list: DatumList, ranges: readonly (readonly [from: number, to: number])[]): Int32Array {
  const order = new Int32Array(ranges.reduce((total, [from, to]) => total + to - from, 0));
  let count = 0;
  for (const [from, to] of ranges) {
    for (let number = from; number < to; number++) order[count++] = number;
  }
  if (!list.isMixed) return order;
  // Sorting is stable: within a namespace the order stays.
  const { namespaces } = list;
  return Int32Array.from([...order].sort((a, b) => compare(namespaces[a]!, namespaces[b]!)));
}

export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
