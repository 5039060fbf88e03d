// The identity of a label set.
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../lib/model/fingerprint.ts';

describe('a fingerprint', () => {
  // The numbers of prometheus/common's own tests.
  test.each([
    [{}, 'cbf29ce484222325'],
    [{ name: 'garland, briggs', fear: 'love is not enough' }, 5799056148416392346n.toString(16)],
  ])('of %j is the one Prometheus computes', (labels, expected) => {
    expect(fingerprint(labels)).toBe(expected);
  });

  test('does not depend on the order of labels, but on where a text ends', () => {
    expect(fingerprint({ a: '1', b: '2' })).toBe(fingerprint({ b: '2', a: '1' }));
    expect(fingerprint({ a: 'bc' })).not.toBe(fingerprint({ ab: 'c' }));
    expect(fingerprint({ größe: '🙂' })).toMatch(/^[0-9a-f]{16}$/);
  });
});
