// A change of the system: what an incident is compared with when one looks for what happened shortly before it.

export type ChangeKind = 'cloudformation' | 'codedeploy' | 'ecs' | 'lambda' | 'appconfig';

export interface Change {
  /** The same for the same change, however often it is told. */
  readonly id: string;
  readonly kind: ChangeKind;
  /** When it happened, epoch milliseconds. */
  readonly time: number;
  /** What was changed, such as a stack, a service or a function. */
  readonly component: string;
  /** What happened, such as `deployment d-1234 started`. */
  readonly what: string;
}
