// Calls a function every so many minutes and tells it the time for which the call is: scheduled functions take "now"
// from there, never from a clock. Rules of EventBridge cost nothing.
import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** The next call does the work of one that came late; what is older is dropped. */
const MAX_AGE = Duration.minutes(5);
const RETRIES = 1;

export interface ScheduledCall {
  readonly description: string;
  readonly minutes: number;
  /** Sent along with `time`. */
  readonly input?: Readonly<Record<string, string | number>>;
}

/** The function is called with `{ time, … }`, `time` in ISO 8601. */
export function callEveryMinutes(
  scope: Construct,
  id: string,
  lambda: LambdaFunction,
  { description, minutes, input = {} }: ScheduledCall,
): Rule {
  return new Rule(scope, id, {
    description,
    schedule: Schedule.rate(Duration.minutes(minutes)),
    targets: [
      new LambdaTarget(lambda, {
        event: RuleTargetInput.fromObject({ time: EventField.time, ...input }),
        maxEventAge: MAX_AGE,
        retryAttempts: RETRIES,
      }),
    ],
  });
}
