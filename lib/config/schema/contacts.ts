// Ways to tell a person or a place: written as the integrations of a receiver, and checked by the same rules.
import type { Dialect } from '../../alerting/config/dialect.ts';
import { type AlertmanagerConfig, parseAlertmanagerTree } from '../../alerting/config/parse-tree.ts';
import { AlertmanagerConfigError, type ConfigProblem } from '../../alerting/config/problem.ts';
import { templateProblem } from '../../channels/message/template.ts';
import type { NotificationTarget } from '../../model/notification.ts';
import { DEPLOYED } from '../alerting-rules.ts';
import { type Problem, pathText, shown } from '../problem.ts';
import { AlertingTree, typedPath } from './alerting-tree.ts';

export interface Contacts {
  readonly targets: readonly NotificationTarget[];
  readonly problems: readonly Problem[];
}

const { escalation: _, ...INTEGRATIONS } = DEPLOYED.integrations;
const DIALECT: Dialect = {
  integrations: INTEGRATIONS,
  deployment: { ...DEPLOYED.deployment, templateProblem },
};
/** Where the contacts stand in the configuration that is made of them. */
const RECEIVER = 'alerting.receivers[0]';

/** @param path of the contacts within the configuration */
export function readContacts(written: unknown, path: readonly PropertyKey[]): Contacts {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    const message = `expected channels such as { email: [{ to: "ada@example.com" }] }, got ${shown(written)}`;
    return { targets: [], problems: [{ level: 'error', path: pathText(path), message }] };
  }
  const converter = new AlertingTree();
  const tree = converter.convert({ route: { receiver: 'one' }, receivers: [{ ...written, name: 'one' }] });
  const { rules, problems: found } = parsed(() => parseAlertmanagerTree(tree, DIALECT));
  const problems = [
    ...converter.problems,
    ...found.map((problem) => ({ level: 'error' as const, ...problem, path: typedPath(problem.path) })),
  ].map((problem) => ({ ...problem, path: placed(problem.path, path) }));
  const integrations = rules?.receivers[0]?.integrations ?? [];
  if (problems.length === 0 && integrations.length === 0) {
    problems.push({
      level: 'error',
      path: pathText(path),
      message: 'expected at least one channel, got none',
    });
  }
  return { targets: integrations.map(({ kind, fields }) => ({ kind, fields })), problems };
}

function parsed(read: () => AlertmanagerConfig): {
  readonly rules: AlertmanagerConfig | undefined;
  readonly problems: readonly ConfigProblem[];
} {
  try {
    const rules = read();
    return { rules, problems: rules.deploymentProblems };
  } catch (error) {
    if (error instanceof AlertmanagerConfigError) return { rules: undefined, problems: error.problems };
    throw error;
  }
}

function placed(at: string, path: readonly PropertyKey[]): string {
  return at.startsWith(RECEIVER) ? `${pathText(path)}${at.slice(RECEIVER.length)}` : pathText(path);
}
