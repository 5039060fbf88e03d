// How far a request got with span metrics. Which names had a place when its datums were made is part of that: with
// other places the same number of datums would stand for other counts.
import { ALL, type MetricProgress, parseProgress, progressTag } from '../cloudwatch-metrics/progress.ts';
import { OTHER } from './operation.ts';
import type { ServiceCounts } from './service-counts.ts';
import type { SpanMetricsSettings } from './settings.ts';

/** Counts up when the same spans become other datums, or the same in another order. */
const ENCODING = 2;

/** Where the text says nothing of names, all of them have a place. */
const EVERYONE = '';

export type Admitted = readonly ReadonlySet<string>[];

export interface SpanProgress extends MetricProgress {
  /** Places as `placesText` wrote them; undefined when nothing was sent by these settings yet. */
  readonly places: string | undefined;
}

/** What these settings make of spans. */
export function spanTag(settings: SpanMetricsSettings): string {
  return progressTag({ ...settings, ENCODING });
}

/**
 * The tag of a lane's progress, which writes `<tag>:<sent>`.
 * @example laneTag('4f2a9c01', 'Bw') // '4f2a9c01.Bw'
 */
export function laneTag(tag: string, places: string): string {
  return places === EVERYONE ? tag : `${tag}.${places}`;
}

/** @returns 'all', or the progress; text that is none (another version's) is the very start */
export function parseSpanProgress(text: string | undefined, tag: string): SpanProgress | typeof ALL {
  const match = /^([0-9a-f]{8})(?:\.([\w-]+))?(:\d{1,9})$/.exec(text ?? '');
  const progress = parseProgress(match === null ? text : `${match[1]}${match[3]}`, tag);
  if (progress === ALL) return ALL;
  return { ...progress, places: progress.sent > 0 ? (match?.[2] ?? EVERYONE) : undefined };
}

/** Which names of a request have a place: a bit each, in the order in which the request brings them. */
export function placesText(counts: readonly ServiceCounts[], admitted: Admitted): string {
  const bytes: number[] = [];
  let bit = 0;
  let isEveryone = true;
  for (const [index, { names }] of counts.entries()) {
    for (const name of names.keys()) {
      if (name === OTHER) continue;
      const has = admitted[index]!.has(name);
      isEveryone &&= has;
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (has ? 1 << (bit & 7) : 0);
      bit++;
    }
  }
  return isEveryone ? EVERYONE : Buffer.from(bytes).toString('base64url');
}

/** Reads what `placesText` wrote for the same request. */
export function admittedBefore(counts: readonly ServiceCounts[], places: string): Admitted {
  const bytes = Buffer.from(places, 'base64url');
  let bit = 0;
  return counts.map(({ names }) => {
    const admitted = new Set<string>();
    for (const name of names.keys()) {
      if (name === OTHER) continue;
      if (places === EVERYONE || ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) admitted.add(name);
      bit++;
    }
    return admitted;
  });
}
