// Rows of a file → slices, as an evaluation of the same minutes would have stored them.
import { type MinutePoint, readPoint } from '../evaluation/read-point.ts';
import type { SliceReader } from '../evaluation/slice.ts';
import { floorTo, SliceLadder } from '../evaluation/slice-ladder.ts';

const MINUTE = 60_000;
const SERIES = { kind: 'other', type: 'series' } as const;

/** @param points with good and total events; missing good events beside a total are none */
export function seriesSlices(points: readonly MinutePoint[]): SliceReader {
  const slices = new SliceLadder();
  for (const point of points) {
    const reading = readPoint({ kind: 'goodTotal', good: SERIES, total: SERIES }, point);
    if (reading.kind === 'noData') continue;
    const start = floorTo(point.start, MINUTE);
    const counts = reading.kind === 'counts' ? reading.counts : { bad: reading.total, total: reading.total };
    slices.put({ start, counts, seen: counts, unsettledTotal: 0 });
  }
  return slices;
}
