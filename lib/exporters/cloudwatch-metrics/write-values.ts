// Values and counts of a distribution as JSON numbers. The innermost loops of the encoder: they write bytes directly.
import type { JsonBuffer } from '../../wire/json-buffer.ts';
import type { Distribution } from './distribution.ts';

/** The longest a number gets, its comma included. */
const MAX_NUMBER_BYTES = 26;

const COMMA = 0x2c;

/** Counts below this are written from a table: three digits and a comma fit into one word. */
const TABLE_SIZE = 1000;
const WORDS = new Int32Array(TABLE_SIZE);
const LENGTHS = new Uint8Array(TABLE_SIZE);
for (let count = 0; count < TABLE_SIZE; count++) {
  const text = `${count},`;
  LENGTHS[count] = text.length;
  for (let i = 0; i < text.length; i++) WORDS[count]! |= text.charCodeAt(i) << (8 * i);
}

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
  const { data } = json;
  let at = json.length;
  for (let i = from; i < to; i++) {
    const count = counts[i] as number;
    const whole = count | 0;
    if (whole === count && whole >= 0 && whole < TABLE_SIZE) {
      data.setInt32(at, WORDS[whole] as number, true);
      at += LENGTHS[whole] as number;
      continue;
    }
    json.length = at;
    json.double(count);
    json.byte(COMMA);
    at = json.length;
  }
  json.length = at - 1;
}
