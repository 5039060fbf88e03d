// alertmanager.yml → what routing needs.
import { ALERTMANAGER, type Dialect } from './dialect.ts';
import { type AlertmanagerConfig, parseAlertmanagerTree } from './parse-tree.ts';
import { AlertmanagerConfigError } from './problem.ts';
import { ConfigReader } from './reader.ts';
import { readYamlTree } from './yaml-tree.ts';

/**
 * Reads an Alertmanager configuration as version 0.34 does.
 * @throws AlertmanagerConfigError with every problem and its path
 */
export function parseAlertmanagerConfig(text: string, dialect: Dialect = ALERTMANAGER): AlertmanagerConfig {
  const reader = new ConfigReader();
  const tree = readYamlTree(text, reader);
  if (tree === undefined) throw new AlertmanagerConfigError(reader.problems);
  return parseAlertmanagerTree(tree, dialect);
}
