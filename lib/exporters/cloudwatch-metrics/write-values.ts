// Values and counts of a distribution as JSON numbers. The innermost loops of the encoder: they write bytes directly.
import type { JsonBuffer } from '../../wire/json-buffer.ts';
import type { Distribution } from './distribution.ts';

/** The longest a number gets, its comma included. */
const MAX_NUMBER_BYTES = 26;

const COMMA = 0x2c;
const ZERO = 0x30;

/** Appends the values of entries `from`…`to`, separated by commas. */
export function writeValues(json: JsonBuffer, distribution: Distribution, from: number, to: number): void {
  json.ensure((to - from) * MAX_NUMBER_BYTES);
  const { runs, runEntries, runTexts, runPlaces, runValues, length } = distribution;
  for (let run = firstRun(distribution, from); run < runs; run++) {
    const runStart = runEntries[run] as number;
    if (runStart >= to) break;
    const texts = runTexts[run];
    if (texts === undefined) {
      json.double(runValues[run] as number);
      json.byte(COMMA);
      continue;
    }
    const runEnd = run + 1 < runs ? (runEntries[run + 1] as number) : length;
    const shift = (runPlaces[run] as number) - runStart;
    const first = texts.offsets[Math.max(runStart, from) + shift] as number;
    const last = texts.offsets[Math.min(runEnd, to) + shift] as number;
    json.length += texts.bytes.copy(json.bytes, json.length, first, last);
  }
  json.length--;
}

function firstRun({ runs, runEntries }: Distribution, entry: number): number {
  let run = 0;
  if (entry > 0) while (run + 1 < runs && (runEntries[run + 1] as number) <= entry) run++;
  return run;
}

/** Appends the counts of entries `from`…`to`, separated by commas. */
export function writeCounts(json: JsonBuffer, counts: Float64Array, from: number, to: number): void {
  json.ensure((to - from) * MAX_NUMBER_BYTES);
  const { bytes } = json;
  let at = json.length;
  for (let i = from; i < to; i++) {
    const count = counts[i] as number;
    if (count < 10 && count >= 0 && count === (count | 0)) bytes[at++] = ZERO + count;
    else if (count < 1000 && count >= 10 && count === (count | 0)) {
      const tens = (count / 10) | 0;
      if (count >= 100) {
        const hundreds = (tens / 10) | 0;
        bytes[at++] = ZERO + hundreds;
        bytes[at++] = ZERO + tens - hundreds * 10;
      } else bytes[at++] = ZERO + tens;
      bytes[at++] = ZERO + count - tens * 10;
    } else {
      json.length = at;
      json.double(count);
      at = json.length;
    }
    bytes[at++] = COMMA;
  }
  json.length = at - 1;
}
