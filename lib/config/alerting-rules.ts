// The compiled alerting configuration as the functions use it: read when one starts. It was checked at synth.
import type { Dialect } from '../alerting/config/dialect.ts';
import { type AlertmanagerConfig, parseAlertmanagerTree } from '../alerting/config/parse-tree.ts';
import { AlertmanagerConfigError } from '../alerting/config/problem.ts';
import { ConfigReader, type YamlValue } from '../alerting/config/reader.ts';
import { readRecurringSilences } from '../alerting/config/recurring-silences.ts';
import type { AlertingSettings } from '../alerting/settings.ts';
import {
  CHANNEL_FIELDS,
  GLOBAL_FALLBACKS,
  HTTP_CONFIG_FIELDS,
  REFUSED_FIELDS,
  REFUSED_KINDS,
} from '../channels/fields.ts';
import type { IntegrationFields } from '../model/integration-fields.ts';

/** A receiver that opens an incident; lib/incidents/escalation-channel.ts is its channel. */
const ESCALATION: IntegrationFields = {
  sendResolved: true,
  retries429: true,
  fields: { policy: 'text', send_resolved: 'boolean' },
  required: [['policy']],
  exclusive: [],
};

/** What can be deployed; a template is taken as it is. */
export const DEPLOYED: Dialect & Required<Pick<Dialect, 'deployment'>> = {
  integrations: { ...CHANNEL_FIELDS, escalation: ESCALATION },
  deployment: {
    refusedKinds: REFUSED_KINDS,
    refusedFields: REFUSED_FIELDS,
    httpFields: HTTP_CONFIG_FIELDS,
    globalFallbacks: GLOBAL_FALLBACKS,
    templateProblem: () => undefined,
  },
};

/**
 * Routes, receivers, rules and intervals of a deployment.
 * @throws AlertmanagerConfigError for a tree that lib/config did not make
 */
export function alertingRules({ tree, beyond }: AlertingSettings): AlertmanagerConfig {
  const rules = parseAlertmanagerTree(tree as YamlValue, DEPLOYED);
  const reader = new ConfigReader();
  const written = beyond.recurringSilences as YamlValue;
  const recurringSilences = readRecurringSilences(reader, written, rules.timeIntervals, 'recurring_silences');
  if (reader.problems.length > 0) throw new AlertmanagerConfigError(reader.problems);
  return { ...rules, recurringSilences };
}
