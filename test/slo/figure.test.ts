// Numbers for people.
import { describe, expect, test } from 'vitest';
import { figure, share, writtenShare } from '../../lib/slo/figure.ts';

describe('a figure', () => {
  test('has at most three significant digits and no exponent', () => {
    expect([3.33333, -4276.8, 0.0333333, 100, 5e-8, -5e-8, 0].map(figure)).toEqual([
      '3.33',
      '-4280',
      '0.0333',
      '100',
      '0',
      '0',
      '0',
    ]);
    expect([-2.33333, 0.5, 1].map(share)).toEqual(['-233%', '50%', '100%']);
  });

  test('that somebody wrote keeps its digits', () => {
    expect([0.99995, 0.999, 0.15].map(writtenShare)).toEqual(['99.995%', '99.9%', '15%']);
  });
});
