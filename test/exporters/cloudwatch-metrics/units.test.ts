import { describe, expect, test } from 'vitest';
import { CLOUDWATCH_UNITS, cloudWatchUnit } from '../../../lib/exporters/cloudwatch-metrics/units.ts';

describe('an OpenTelemetry unit becomes a CloudWatch unit', () => {
  test.each([
    ['s', 'Seconds', 1],
    ['ms', 'Milliseconds', 1],
    ['us', 'Microseconds', 1],
    ['µs', 'Microseconds', 1],
    ['ns', 'Microseconds', 0.001],
    ['min', 'Seconds', 60],
    ['h', 'Seconds', 3600],
    ['d', 'Seconds', 86_400],
    ['By', 'Bytes', 1],
    ['kBy', 'Kilobytes', 1],
    ['KiBy', 'Kilobytes', 1.024],
    ['MiBy', 'Megabytes', 1.048576],
    ['PBy', 'Terabytes', 1000],
    ['bit', 'Bits', 1],
    ['Gbit', 'Gigabits', 1],
    ['By/s', 'Bytes/Second', 1],
    ['MiBy/s', 'Megabytes/Second', 1.048576],
    ['Mbit/s', 'Megabits/Second', 1],
    ['%', 'Percent', 1],
    ['{request}', 'Count', 1],
    ['{request}/s', 'Count/Second', 1],
    ['{in/out}/min', 'Count/Second', 1 / 60],
    ['1/s', 'Count/Second', 1],
    ['Hz', 'Count/Second', 1],
    ['Bytes/Second', 'Bytes/Second', 1],
  ])('%s: %s, times %f', (code, unit, factor) => {
    expect(cloudWatchUnit(code)).toEqual({ unit, factor });
  });

  test.each(['', '1', 'Cel', 'V', 'm/s', 'By/fortnight', '{open', 'toString', '__proto__'])(
    '%j: none, as it is',
    (code) => expect(cloudWatchUnit(code)).toEqual({ unit: 'None', factor: 1 }),
  );

  test("each of CloudWatch's own names is taken as it is", () => {
    for (const unit of CLOUDWATCH_UNITS) expect(cloudWatchUnit(unit)).toEqual({ unit, factor: 1 });
  });
});
