// An alertmanager.yml that is looked at: one that Alertmanager takes, or one that is deployed, with references instead
// of secrets and kinds of integration that only Tidewatch has.
import { parseAlertmanagerConfig } from '../alerting/config/parse-config.ts';
import type { AlertmanagerConfig } from '../alerting/config/parse-tree.ts';
import { AlertmanagerConfigError } from '../alerting/config/problem.ts';
import { DEPLOYED } from './alerting-rules.ts';

/** @throws AlertmanagerConfigError with what Alertmanager would say, if it is neither */
export function readAlertmanagerFile(text: string): AlertmanagerConfig {
  try {
    return parseAlertmanagerConfig(text);
  } catch (error) {
    if (!(error instanceof AlertmanagerConfigError)) throw error;
    try {
      return parseAlertmanagerConfig(text, DEPLOYED);
    } catch {
      throw error;
    }
  }
}
