// The buckets of exponential histograms and the value that stands for each.
import { rounded, ValueTexts } from './distribution.ts';
import { MAX_EXPONENT } from './limits.ts';

/**
 * Finer histograms are brought down to this scale, at which neighbouring bounds are 1.09 % apart: the middle of a
 * bucket is then at most 0.55 % from anything in it. Scale 5 would be 1.1 %.
 */
export const FINEST_SCALE = 6;

/** The coarsest scale of the specification, one bucket from 1 to 2^1024. */
export const COARSEST_SCALE = -10;

/** Finer scales are not to be had in doubles: neighbouring bounds would be equal. */
export const MAX_SCALE = 52;

/** Bucket indexes beyond ±this hold values that CloudWatch has no place for; they count in the outermost bucket. */
export const MAX_INDEX = MAX_EXPONENT * 2 ** FINEST_SCALE + 1;

/** Scale that a histogram is kept at. */
export function keptScale(scale: number): number {
  return Math.min(scale, FINEST_SCALE);
}

/** Index at the kept scale of the bucket that holds bucket `index` of `scale`. */
export function keptIndex(index: number, scale: number): number {
  const shifted = scale > FINEST_SCALE ? Math.floor(index / 2 ** (scale - FINEST_SCALE)) : index;
  return Math.max(-MAX_INDEX, Math.min(MAX_INDEX, shifted));
}

/** Buckets whose values are made together, a power of two. */
const BLOCK_SHIFT = 8;
const BLOCK = 1 << BLOCK_SHIFT;

/** Values of the buckets of one scale in one unit, made when first needed. Negative buckets mirror positive ones. */
export class ExponentialLayout {
  readonly scale: number;
  private readonly factor: number;
  /** Exponent of two that one bucket spans. */
  private readonly step: number;
  /** By index + MAX_INDEX. */
  private readonly blocks: (ValueTexts | undefined)[] = new Array(
    Math.ceil((2 * MAX_INDEX + 1) / BLOCK),
  ).fill(undefined);

  /** @param scale COARSEST_SCALE..FINEST_SCALE @param factor of the metric's unit */
  constructor(scale: number, factor: number) {
    this.scale = scale;
    this.factor = factor;
    this.step = 2 ** -scale;
  }

  /** Lower bound of a positive bucket; its upper one is that of the next. */
  lower(index: number): number {
    return 2 ** Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, index * this.step)) * this.factor;
  }

  /** The texts that hold what stands for a positive bucket, its middle, at `placeInTexts(index)`. */
  textsOf(index: number): ValueTexts {
    const number = (index + MAX_INDEX) >>> BLOCK_SHIFT;
    return this.blocks[number] ?? this.make(number);
  }

  /** The first index whose texts are not those of this one. */
  blockEnd(index: number): number {
    return (((index + MAX_INDEX) >>> BLOCK_SHIFT) + 1) * BLOCK - MAX_INDEX;
  }

  /** What stands for a positive bucket. */
  middle(index: number): number {
    return this.textsOf(index).values[placeInTexts(index)] as number;
  }

  private make(number: number): ValueTexts {
    const values = new Float64Array(BLOCK);
    for (let i = 0; i < BLOCK; i++) {
      const index = number * BLOCK + i - MAX_INDEX;
      values[i] = rounded((this.lower(index) + this.lower(index + 1)) / 2);
    }
    const texts = new ValueTexts(values);
    this.blocks[number] = texts;
    return texts;
  }
}

/** Place of a bucket in its texts. */
export function placeInTexts(index: number): number {
  return (index + MAX_INDEX) & (BLOCK - 1);
}

/** Layouts by unit and scale. There are few: 17 scales, some dozen factors, and one process uses two or three. */
export class ExponentialLayouts {
  private readonly kept = new Map<number, (ExponentialLayout | undefined)[]>();

  of(scale: number, factor: number): ExponentialLayout {
    let scales = this.kept.get(factor);
    if (scales === undefined) {
      scales = new Array(FINEST_SCALE - COARSEST_SCALE + 1).fill(undefined);
      this.kept.set(factor, scales);
    }
    const known = scales[scale - COARSEST_SCALE];
    if (known !== undefined) return known;
    const layout = new ExponentialLayout(scale, factor);
    scales[scale - COARSEST_SCALE] = layout;
    return layout;
  }
}
