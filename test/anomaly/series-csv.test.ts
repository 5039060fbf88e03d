// Reading series files of many origins.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCell, parseSeriesCsv, parseSeriesTime, splitCsvLine } from '../../lib/anomaly/series-csv.ts';

describe('times', () => {
  test.each([
    ['2014-04-01 00:00:00', 1396310400000],
    ['2014-04-01T00:00:00Z', 1396310400000],
    ['2014-04-01 00:00:00.500000', 1396310400500],
    ['2014-04-01T09:00:00+09:00', 1396310400000],
    ['2014-04-01 09:00:00+0900', 1396310400000],
    ['2014-04-01', 1396310400000],
    ['1396310400', 1396310400000],
    ['1396310400.25', 1396310400250],
    ['1396310400000', 1396310400000],
  ])('%s is read as UTC', (text, expected) => {
    expect(parseSeriesTime(text)).toBe(expected);
  });

  test.each(['', 'soon', '2014-13-01', '01/02/2014'])('"%s" is no time', (text) => {
    expect(parseSeriesTime(text)).toBeNaN();
  });
});

describe('files', () => {
  test('a header in any case names the columns, others are left alone', () => {
    const [row] = parseSeriesCsv('Label,Value,TimeStamp\n1,2.5,2018-07-03 14:00:00\n');
    expect(row).toEqual({ timestamp: '2018-07-03 14:00:00', value: '2.5', time: 1530626400000, number: 2.5 });
  });

  test('without a header the first two columns are meant', () => {
    expect(parseSeriesCsv('0,1\n60,2').map(({ time, number }) => [time, number])).toEqual([
      [0, 1],
      [60000, 2],
    ]);
  });

  test('an empty or unreadable value is missing', () => {
    const rows = parseSeriesCsv('timestamp,value\n0,\n60,x\n120,3\n180');
    expect(rows.map(({ number }) => number)).toEqual([Number.NaN, Number.NaN, 3, Number.NaN]);
  });

  test('a byte order mark, carriage returns, quotes and an empty file are no trouble', () => {
    expect(parseSeriesCsv('\uFEFF"timestamp","value"\r\n"0","4"\r\n')[0]!.number).toBe(4);
    expect(parseSeriesCsv('')).toEqual([]);
  });

  test('cells survive being written and read', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 8 }), { minLength: 1 }), (cells) => {
        const clean = cells.map((cell) => cell.replaceAll(/[\r\n]/g, ''));
        expect(splitCsvLine(clean.map(csvCell).join(','))).toEqual(clean);
      }),
    );
  });
});
