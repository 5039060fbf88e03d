// Keeps to X-Ray's quota of segments a second instead of being throttled above it.

/** A token bucket that lends: who asks for more than there is gets it, and is told how long to wait first. */
export class RateLimiter {
  private readonly perSecond: number;
  private tokens: number;
  private atMs: number | undefined;

  /** @param perSecond > 0; also the most that can be saved up */
  constructor(perSecond: number) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
  }

  /** @param nowMs epoch milliseconds @returns milliseconds to wait before using what was taken, >= 0 */
  take(count: number, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - (this.atMs ?? nowMs));
    this.atMs = nowMs;
    this.tokens = Math.min(this.perSecond, this.tokens + (elapsedMs * this.perSecond) / 1_000) - count;
    return this.tokens >= 0 ? 0 : Math.ceil((-this.tokens * 1_000) / this.perSecond);
  }

  /** Gives back what was not used after all. */
  giveBack(count: number): void {
    this.tokens += count;
  }
}
