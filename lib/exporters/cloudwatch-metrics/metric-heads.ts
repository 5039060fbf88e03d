// What all datums of one metric share: namespace, the text before the dimensions, how points are put together.
import type { JsonBuffer } from '../../wire/json-buffer.ts';
import type { CloudWatchUnit } from './units.ts';

/**
 * How points that fall onto the same dimensions and time become one datum:
 * `sum` adds them up, `list` keeps each value, histograms add their buckets up.
 */
export type Combination = 'sum' | 'list' | 'explicit' | 'exponential';

/** Bytes behind each token, so that it can be copied in words. */
const TOKEN_SLACK = 4;

export interface MetricHead {
  /** Unique while a request lasts. */
  readonly number: number;
  readonly namespace: string;
  readonly combination: Combination;
  /** `{"MetricName":"…","Unit":"…","Dimensions":[` */
  readonly start: Token;
  /** What follows the dimensions, up to the time: `],"Timestamp":1767225660`. */
  readonly tails: Tails;
}

/** ASCII that is written with `JsonBuffer.words`, so its bytes have slack behind them. */
export interface Token {
  readonly data: DataView;
  readonly length: number;
}

/** Makes the text behind the dimensions, which changes with the time only: most points of a request have the same. */
export class Tails {
  private readonly before: string;
  private timeMs = Number.NaN;
  private last: Token = token('');

  /** @param more dimensions that every datum of the metric has besides those of its points, with a comma before */
  constructor(more: string) {
    this.before = `${more}],"Timestamp":`;
  }

  at(timeMs: number): Token {
    if (timeMs === this.timeMs) return this.last;
    this.timeMs = timeMs;
    const millis = timeMs % 1000;
    const fraction = millis === 0 ? '' : `.${String(millis).padStart(3, '0')}`;
    this.last = token(`${this.before}${Math.floor(timeMs / 1000)}${fraction}`);
    return this.last;
  }
}

/** Makes each head once. */
export class MetricHeads {
  private readonly known = new Map<string, MetricHead>();
  private readonly storageResolution: 1 | 60;

  constructor(storageResolution: 1 | 60) {
    this.storageResolution = storageResolution;
  }

  /** Between requests only: within one, the same metric must be the same head. */
  clear(): void {
    this.known.clear();
  }

  /**
   * @param name ASCII, 1..255 characters
   * @param quantile dimension `quantile` of a summary's series
   */
  of(
    namespace: string,
    name: string,
    unit: CloudWatchUnit,
    combination: Combination,
    quantile?: string,
  ): MetricHead {
    const key = `${name}\n${unit}\n${combination}\n${quantile ?? ''}\n${namespace}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const resolution = this.storageResolution === 60 ? '' : `"StorageResolution":${this.storageResolution},`;
    const start = `{"MetricName":${JSON.stringify(name)},"Unit":"${unit}",${resolution}"Dimensions":[`;
    const head: MetricHead = {
      number: this.known.size,
      namespace,
      combination,
      start: token(start),
      tails: new Tails(quantile === undefined ? '' : `,{"Name":"quantile","Value":"${quantile}"}`),
    };
    this.known.set(key, head);
    return head;
  }
}

export function token(text: string): Token {
  const bytes = new Uint8Array(text.length + TOKEN_SLACK);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { data: new DataView(bytes.buffer), length: text.length };
}

export function writeToken(json: JsonBuffer, { data, length }: Token): void {
  json.words(data, 0, length);
}
