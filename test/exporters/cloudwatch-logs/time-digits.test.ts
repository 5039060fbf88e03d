// Times keep every digit, whichever second was written before.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeDigits } from '../../../lib/exporters/cloudwatch-logs/time-digits.ts';
import { JsonBuffer } from '../../../lib/wire/json-buffer.ts';

const json = new JsonBuffer('twice', 64);
const nearNow = 1_795_000_000_000_000_000n;
const nanos = fc.oneof(
  fc.bigInt({ min: nearNow, max: nearNow + 3_000_000_000n }),
  fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  fc.constantFrom(
    1n,
    999_999n,
    1_000_000n,
    999_999_999n,
    10n ** 18n - 1n,
    10n ** 18n,
    10n ** 19n - 1n,
    10n ** 19n,
  ),
);

test('nanoseconds', () => {
  const times = new TimeDigits(json);
  const data = new DataView(new ArrayBuffer(12));
  fc.assert(
    fc.property(nanos, (time) => {
      json.clear();
      data.setBigUint64(4, time, true);
      times.nanos(data, 4);
      expect(json.slice().toString()).toBe(time.toString());
    }),
    { numRuns: 3_000 },
  );
});

test('milliseconds', () => {
  const millis = fc.oneof(
    fc.integer({ min: 1_795_000_000_000, max: 1_795_000_002_000 }),
    fc.nat({ max: 18_446_744_073_709 }),
    fc.constantFrom(
      0,
      7,
      999,
      1_000,
      999_999_999_999,
      1_000_000_000_000,
      9_999_999_999_999,
      10_000_000_000_000,
    ),
  );
  fc.assert(
    fc.property(fc.array(millis, { minLength: 1, maxLength: 4 }), (list) => {
      json.clear();
      const times = new TimeDigits(json);
      for (const time of list) {
        times.millis(time);
        json.byte(0x20);
      }
      expect(json.slice().toString()).toBe(`${list.join(' ')} `);
    }),
    { numRuns: 2_000 },
  );
});
