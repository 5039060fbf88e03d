// What a timer says when it goes off, and the port by which timers are set. Every timer is a due row in the state
// table and, when it is near, a delayed message on the wake-up queue of its kind; sweep-timers sends what was lost.

/** Which function handles it: `group` and `outbox` notify, `escalation` and `reminder` escalate. */
export type WakeUpKind = 'group' | 'outbox' | 'escalation' | 'reminder';

export interface WakeUp {
  readonly kind: WakeUpKind;
  /** Of what the timer is of: a group, an outbox row, an incident. */
  readonly id: string;
  /** A timer of an earlier generation than the row it is of is stale and ignored. */
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

export interface Timers {
  /** Writes the due row and, within reach of a delayed message, the message. Setting the same timer twice is one. */
  schedule(wakeUp: WakeUp): Promise<void>;
  /** Removes the due row once its work is done; a row that is not there is no error. */
  done(wakeUp: WakeUp): Promise<void>;
}
