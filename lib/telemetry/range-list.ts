// A reusable list of byte ranges: the events or links of a span, the parts of a repeated field.

const INITIAL_CAPACITY = 32;

export class RangeList {
  count = 0;
  starts: Int32Array = new Int32Array(INITIAL_CAPACITY);
  ends: Int32Array = new Int32Array(INITIAL_CAPACITY);

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number): void {
    const place = this.count++;
    if (place >= this.starts.length) {
      this.starts = doubled(this.starts);
      this.ends = doubled(this.ends);
    }
    this.starts[place] = start;
    this.ends[place] = end;
  }
}

function doubled(old: Int32Array): Int32Array {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
}
