import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiText, renderNamespace } from '../../../lib/exporters/cloudwatch-metrics/names.ts';

describe('text as CloudWatch takes it', () => {
  test.each([
    ['checkout', 'checkout'],
    ['café', 'caf%C3%A9'],
    ['a\nb', 'a%0Ab'],
    ['100%', '100%'],
    [' \t', ' %09'],
    ['   ', ''],
    ['', ''],
  ])('%j becomes %j', (text, wanted) => {
    expect(asciiText(text, 255)).toBe(wanted);
  });

  test('is ASCII without control characters, not blank, and no longer than asked for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (text, max) => {
          const ascii = asciiText(text, max);
          expect(ascii).toMatch(/^[\x20-\x7e]*$/);
          expect(ascii.length).toBeLessThanOrEqual(max);
          expect(ascii === '' || ascii.trim() !== '').toBe(true);
        },
      ),
    );
  });

  test('is cut between characters, not inside an escape', () => {
    expect(asciiText('aé', 5)).toBe('a');
    expect(asciiText('aé', 7)).toBe('a%C3%A9');
  });
});

describe('a namespace', () => {
  const attributes: Record<string, string> = { 'service.name': 'shop', team: 'AWS/', odd: ':x', blank: ' ' };
  test.each([
    ['Tidewatch/Metrics', 'Tidewatch/Metrics'],
    ['Shop/{service.name}', 'Shop/shop'],
    ['{missing}', 'unknown_missing'],
    ['{blank}/x', 'unknown_blank/x'],
    ['{team}x', '_AWS/x'],
    ['{odd}', '_:x'],
  ])('%s is filled in as %s', (template, wanted) => {
    expect(renderNamespace(template, (key) => attributes[key])).toBe(wanted);
  });

  test('of a resource without a service name says so', () => {
    expect(renderNamespace('{service.name}', () => undefined)).toBe('unknown_service');
  });
});
