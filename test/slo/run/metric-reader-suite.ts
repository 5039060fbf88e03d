// What every reader of metrics does; run against the one in memory here and the one on CloudWatch in test/stack/.
import { describe, expect, test } from 'vitest';
import type { MetricReader, MetricSeries } from '../../../lib/slo/ports.ts';
import { MINUTE } from '../support.ts';
import { source } from './world.ts';

export interface MetricWorld {
  readonly reader: MetricReader;
  /** Adds a value of a metric of the namespace `Shop`. @param at epoch milliseconds */
  put(metric: string, at: number, value: number): Promise<void>;
}

const FROM = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * 3_600_000;
const NEVER = Number.POSITIVE_INFINITY;

const plain = (series: MetricSeries | undefined) =>
  series?.kind === 'complete'
    ? [...series.values].map(([at, value]) => [(at - FROM) / MINUTE, value]).sort(([a], [b]) => a! - b!)
    : series?.reason;

export function describeMetricReader(kind: string, open: () => MetricWorld): void {
  describe(`metrics in ${kind}`, () => {
    test('are read by minute in [from, to), in the order in which they were asked for', async () => {
      const { reader, put } = open();
      for (const minute of [0, 1, 3, 5]) await put('reader-a', FROM + minute * MINUTE + 20_000, minute + 1);
      await put('reader-a', FROM + 3 * MINUTE, 10);
      await put('reader-b', FROM + 2 * MINUTE, 7);
      const sources = ['reader-b', 'reader-none', 'reader-a'].map(source);
      const read = { sources, from: FROM + MINUTE, to: FROM + 5 * MINUTE, periodMs: MINUTE };
      expect((await reader.read(read, NEVER)).map(plain)).toEqual([
        [[2, 7]],
        [],
        [
          [1, 2],
          [3, 14],
        ],
      ]);
    });

    test('are read by hours too', async () => {
      const { reader, put } = open();
      for (const minute of [0, 30, 59, 60]) await put('reader-hours', FROM + minute * MINUTE, 1);
      const read = {
        sources: [source('reader-hours')],
        from: FROM,
        to: FROM + 120 * MINUTE,
        periodMs: 60 * MINUTE,
      };
      expect((await reader.read(read, NEVER)).map(plain)).toEqual([
        [
          [0, 3],
          [60, 1],
        ],
      ]);
    });

    test('are 500 at a time', async () => {
      const { reader, put } = open();
      await put('reader-m499', FROM, 5);
      const sources = Array.from({ length: 500 }, (_, at) => source(`reader-m${at}`));
      const series = await reader.read({ sources, from: FROM, to: FROM + MINUTE, periodMs: MINUTE }, NEVER);
      expect(series).toHaveLength(500);
      expect(series.map(plain).filter((points) => points!.length > 0)).toEqual([[[0, 5]]]);
    });
  });
}
