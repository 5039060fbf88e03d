// Groups of points → finished PutMetricData datums in JSON.
import type { JsonBuffer } from '../../wire/json-buffer.ts';
import { NO_WINDOW } from './bucket-windows.ts';
import type { DatumList } from './datum-list.ts';
import { Distribution, inRange } from './distribution.ts';
import type { ExplicitLayout } from './explicit-layout.ts';
import { type Extent, spreadExplicit } from './explicit-values.ts';
import type { ExponentialLayout } from './exponential-layout.ts';
import { spreadExponential } from './exponential-values.ts';
import { grown } from './hash-slots.ts';
import type { DimensionSource } from './kept-dimensions.ts';
import { MAX_DATUM_VALUES } from './limits.ts';
import { token, writeToken } from './metric-heads.ts';
import { NONE, type PointGroups } from './point-groups.ts';
import { writeCounts, writeValues } from './write-values.ts';

const VALUE = token(',"Value":');
const VALUES = token(',"Values":[');
const COUNTS = token('],"Counts":[');
const END = token('},');
const LIST_END = token(']},');

const NOT_WRITTEN = -1;

/** Extent of a part of a histogram. */
const UNKNOWN: Extent = { sum: Number.NaN, min: Number.NaN, max: Number.NaN, exact: false };

/** Writes the datums of one request at a time; made once. */
export class DatumWriter {
  private readonly distribution = new Distribution();
  private readonly extent: { -readonly [K in keyof Extent]: Extent[K] } = { ...UNKNOWN };
  /** Where each dimension list of the part was written first. */
  private listStarts: Int32Array = new Int32Array(1024);
  private listBytes: Int32Array = new Int32Array(1024);

  /**
   * Appends one datum for each group, more where a group has more values than a datum takes.
   * @returns points of groups that came to nothing: histograms into which nothing fell
   */
  write(groups: PointGroups, dimensions: DimensionSource, list: DatumList): number {
    let empty = 0;
    this.listStarts.fill(NOT_WRITTEN);
    for (let group = 0; group < groups.count; group++) {
      const before = list.count;
      switch (groups.heads[group]!.combination) {
        case 'sum':
          this.one(groups, dimensions, list, group);
          continue;
        case 'list':
          if (groups.firsts[group] === NONE) this.one(groups, dimensions, list, group);
          else this.values(groups, dimensions, list, group);
          continue;
        case 'explicit':
          this.explicit(groups, dimensions, list, group);
          break;
        case 'exponential':
          this.exponential(groups, dimensions, list, group);
          break;
      }
      const points = groups.points[group] as number;
      if (list.count === before) empty += points;
    }
    return empty;
  }

  private head(json: JsonBuffer, groups: PointGroups, dimensions: DimensionSource, group: number): void {
    const head = groups.heads[group]!;
    writeToken(json, head.start);
    this.writeDimensions(json, dimensions, groups.dimensions[group] as number);
    writeToken(json, head.tails.at(groups.timesMs[group] as number));
  }

  /** A list that was written before is copied from there. */
  private writeDimensions(json: JsonBuffer, dimensions: DimensionSource, list: number): void {
    if (list >= this.listStarts.length) {
      const known = this.listStarts.length;
      this.listStarts = grown(this.listStarts, list + 1).fill(NOT_WRITTEN, known);
      this.listBytes = grown(this.listBytes, list + 1);
    }
    const before = this.listStarts[list] as number;
    if (before === NOT_WRITTEN) {
      this.listStarts[list] = json.length;
      dimensions.writeTo(json, list);
      this.listBytes[list] = json.length - (this.listStarts[list] as number);
      return;
    }
    const bytes = this.listBytes[list] as number;
    json.ensure(bytes);
    json.bytes.copyWithin(json.length, before, before + bytes);
    json.length += bytes;
  }

  private one(groups: PointGroups, dimensions: DimensionSource, list: DatumList, group: number): void {
    const { json } = list;
    this.head(json, groups, dimensions, group);
    writeToken(json, VALUE);
    json.double(inRange(groups.totals[group] as number));
    writeToken(json, END);
    this.close(groups, list, group, true);
  }

  /** The distribution, in as many datums as it needs. */
  private many(
    groups: PointGroups,
    dimensions: DimensionSource,
    list: DatumList,
    group: number,
    isFirst = true,
  ): void {
    const { json } = list;
    const { distribution } = this;
    for (let from = 0; from < distribution.length; from += MAX_DATUM_VALUES) {
      const to = Math.min(distribution.length, from + MAX_DATUM_VALUES);
      this.head(json, groups, dimensions, group);
      writeToken(json, VALUES);
      writeValues(json, distribution, from, to);
      writeToken(json, COUNTS);
      writeCounts(json, distribution.counts, from, to);
      writeToken(json, LIST_END);
      this.close(groups, list, group, from === 0 && isFirst);
    }
  }

  /** @param isFirst the group's points are counted with its first datum */
  private close(groups: PointGroups, list: DatumList, group: number, isFirst: boolean): void {
    const points = isFirst ? (groups.points[group] as number) : 0;
    list.close(groups.heads[group]!.namespace, groups.timesMs[group] as number, points);
  }

  /** The values of a list, ascending, equal ones counted. */
  private values(groups: PointGroups, dimensions: DimensionSource, list: DatumList, group: number): void {
    const values = new Float64Array(groups.points[group] as number);
    values[0] = groups.totals[group] as number;
    let count = 1;
    for (let link = groups.firsts[group] as number; link !== NONE; link = groups.linkNexts[link] as number) {
      values[count++] = groups.linkValues[link] as number;
    }
    values.sort();
    this.distribution.clear();
    for (let i = 0; i < count; i++) this.distribution.add(values[i] as number, 1);
    this.many(groups, dimensions, list, group);
  }

  private explicit(groups: PointGroups, dimensions: DimensionSource, list: DatumList, group: number): void {
    const layout = groups.layouts[group] as ExplicitLayout;
    const at = groups.firsts[group] as number;
    this.distribution.clear();
    spreadExplicit(layout, groups.counts, at, this.extentOf(groups, group), this.distribution);
    this.many(groups, dimensions, list, group);
  }

  private exponential(
    groups: PointGroups,
    dimensions: DimensionSource,
    list: DatumList,
    group: number,
  ): void {
    const { windows } = groups;
    const layout = groups.layouts[group] as ExponentialLayout;
    const zeroThreshold = groups.zeroThresholds[group] as number;
    let zeroCount = groups.zeroCounts[group] as number;
    let negative = groups.negatives[group] as number;
    let positive = groups.positives[group] as number;
    const first = list.count;
    // Points too far apart for one window are written apart; their ends are then not known.
    do {
      const nextNegative = negative === NO_WINDOW ? NO_WINDOW : (windows.nexts[negative] as number);
      const nextPositive = positive === NO_WINDOW ? NO_WINDOW : (windows.nexts[positive] as number);
      const isWhole = list.count === first && nextNegative === NO_WINDOW && nextPositive === NO_WINDOW;
      const extent = isWhole ? this.extentOf(groups, group) : UNKNOWN;
      this.distribution.clear();
      const buckets = { windows, negative, positive, zeroCount, zeroThreshold };
      spreadExponential(layout, buckets, extent, this.distribution);
      this.many(groups, dimensions, list, group, list.count === first);
      zeroCount = 0;
      negative = nextNegative;
      positive = nextPositive;
    } while (negative !== NO_WINDOW || positive !== NO_WINDOW);
  }

  private extentOf(groups: PointGroups, group: number): Extent {
    const { extent } = this;
    extent.sum = groups.totals[group] as number;
    extent.min = groups.mins[group] as number;
    extent.max = groups.maxs[group] as number;
    extent.exact = groups.exact;
    return extent;
  }
}
