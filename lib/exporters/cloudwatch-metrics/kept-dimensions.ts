// Dimension lists of cumulative points: finished texts that outlast their request, until the deltas are there.
import { JsonBuffer } from '../../wire/json-buffer.ts';
import type { DimensionLists } from './dimension-lists.ts';
import { grown } from './hash-slots.ts';

/** Anything that writes the dimension list of a number. */
export interface DimensionSource {
  /** Appends the dimensions of a list, separated by commas. */
  writeTo(json: JsonBuffer, list: number): void;
}

export class KeptDimensions implements DimensionSource {
  private readonly json = new JsonBuffer('once', 1 << 12);
  /** Where each text starts; the next one's start is its end. */
  private starts: Int32Array = new Int32Array(256);
  private count = 0;
  /** Of the current request: the copy of each of its lists. */
  private readonly copies: (number | undefined)[] = [];

  clear(): void {
    this.json.clear();
    this.count = 0;
    this.startRequest();
  }

  startRequest(): void {
    this.copies.length = 0;
  }

  /** @returns the number of the copy of this list of the current request */
  keep(lists: DimensionLists, list: number): number {
    const known = this.copies[list];
    if (known !== undefined) return known;
    lists.writeTo(this.json, list);
    const copy = this.count++;
    if (copy + 1 >= this.starts.length) this.starts = grown(this.starts, copy + 2);
    this.starts[copy + 1] = this.json.length;
    this.copies[list] = copy;
    return copy;
  }

  writeTo(json: JsonBuffer, list: number): void {
    json.words(this.json.data, this.starts[list] as number, this.starts[list + 1] as number);
  }
}
