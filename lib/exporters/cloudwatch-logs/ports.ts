// What the CloudWatch Logs exporter keeps outside itself; lib/aws/log-group-store.ts implements it.

/** The groups this deployment made: one list for all instances, so that their cap holds. */
export interface LogGroupStore {
  /**
   * Takes a place for a group that is about to be made, and notes that it is unfinished.
   * @returns false when `max` others are listed already; true also for a group that is listed
   * @throws RetryableError
   */
  claim(group: string, max: number): Promise<boolean>;
  /** The group is made and its retention was checked. @throws RetryableError */
  finished(group: string): Promise<void>;
  /** Groups that were claimed and never finished: their maker was killed in between. @throws RetryableError */
  unfinished(): Promise<readonly string[]>;
}
