import { describe, expect, it } from 'vitest';
import { DEADLINE_MARGIN_MS, deadlineOf, endAtDeadline } from '../../lib/middleware/deadline.ts';

describe('deadlineOf', () => {
  it.each([
    [10_000, 8_000],
    [DEADLINE_MARGIN_MS, 0],
    [100, 0],
  ])('with %d ms left gives %d ms to work', (remainingMs, expected) => {
    expect(deadlineOf({ getRemainingTimeInMillis: () => remainingMs }, 5) - 5).toBe(expected);
  });

  it('gives a minute where there is no context', () => {
    expect(deadlineOf({}, 5) - 5).toBe(60_000);
  });
});

describe('endAtDeadline', () => {
  it('ends with a time-out that is worth a retry', () => {
    expect(() => endAtDeadline.timeoutEarlyResponse()).toThrow(
      expect.objectContaining({ name: 'RetryableError', reason: 'timeout' }),
    );
    expect(endAtDeadline.timeoutEarlyInMillis).toBe(DEADLINE_MARGIN_MS);
  });
});
