// What all datums of one metric share: namespace, the text before the dimensions, how points are put together.
import type { JsonBuffer } from '../../wire/json-buffer.ts';
import type { CloudWatchUnit } from './units.ts';

/**
 * How points that fall onto the same dimensions and time become one datum:
 * `sum` adds them up, `list` keeps each value, histograms add their buckets up.
 */
export type Combination = 'sum' | 'list' | 'explicit' | 'exponential';

/** Bytes behind each text, so that it can be copied in words. */
const TOKEN_SLACK = 4;

export interface MetricHead {
  /** Unique while a request lasts. */
  readonly number: number;
  readonly namespace: string;
  readonly combination: Combination;
  /** `{"MetricName":"…","Unit":"…","Dimensions":[` */
  readonly start: DataView;
  /** Closes the dimension list; before it stands what every datum of the metric has as a further dimension. */
  readonly dimensionsEnd: DataView;
}

const NO_MORE_DIMENSIONS = token('],"Timestamp":');

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
      dimensionsEnd:
        quantile === undefined
          ? NO_MORE_DIMENSIONS
          : token(`,{"Name":"quantile","Value":"${quantile}"}],"Timestamp":`),
    };
    this.known.set(key, head);
    return head;
  }
}

/** ASCII to be written with `JsonBuffer.words`: 4 bytes longer than the text. */
function token(text: string): DataView {
  const bytes = new Uint8Array(text.length + TOKEN_SLACK);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new DataView(bytes.buffer);
}

/** Appends a head's text. */
export function writeToken(json: JsonBuffer, text: DataView): void {
  json.words(text, 0, text.byteLength - TOKEN_SLACK);
}
