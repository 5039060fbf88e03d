// What is wrong with an alertmanager.yml: one problem a line, each with its path.
import { PermanentError } from '../../model/errors.ts';

export interface ConfigProblem {
  /** Where, such as `route.routes[2].group_wait`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** A file that Alertmanager would refuse; `problems` lists everything that is wrong with it. */
export class AlertmanagerConfigError extends PermanentError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? '(file)' : path}: ${message}`);
    super('invalidConfig', `the Alertmanager configuration has problems\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
