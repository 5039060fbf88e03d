// Counts and logs templates of messages that could not be used; the messages left with our own words.
import { emfLines } from './emf-counters.ts';

export interface UnusableTemplate {
  /** Of the routing tree. */
  readonly receiver: string;
  readonly kind: string;
  readonly field: string;
  readonly problem: string;
}

/**
 * For createNotificationSender({ onTemplateProblem }).
 * @param who counts, such as `notify`
 */
export function templateProblems(
  who: string,
  write: (text: string) => void,
  now: () => number,
): (template: UnusableTemplate) => void {
  return ({ receiver, kind, field, problem }) => {
    const counts = [{ name: 'unusableTemplates', count: 1, reason: kind }];
    write(emfLines(who, { counts, facts: { toldReceiver: receiver, field, problem } }, now()));
  };
}
