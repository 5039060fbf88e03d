// `routes test`: receivers of a label set, from texts as amtool takes them.
import { PermanentError } from '../../model/errors.ts';
import type { AlertmanagerConfig } from '../config/parse-tree.ts';
import { MatcherError } from '../matchers/matcher.ts';
import { parseMatcher } from '../matchers/parse-matchers.ts';
import { buildRoutes, matchRoutes } from './route.ts';

/**
 * The receivers that an alert reaches, in the order of the tree; one that is reached twice is listed twice.
 * @param labels each `label=value`, read as a matcher: values and names may be quoted
 * @throws PermanentError wrongUsage if a label is none
 */
export function receiversOf(config: AlertmanagerConfig, labels: readonly string[]): string[] {
  const root = buildRoutes(config.route);
  const labelSet = Object.fromEntries(labels.map(readLabel));
  return matchRoutes(root, labelSet).map(({ receiver }) => receiver);
}

function readLabel(text: string): [string, string] {
  try {
    const { name, operator, value } = parseMatcher(text);
    if (operator === '=') return [name, value];
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    throw new PermanentError('wrongUsage', `expected labels as label=value, got "${text}": ${error.message}`);
  }
  throw new PermanentError('wrongUsage', `expected labels as label=value, got "${text}"`);
}
