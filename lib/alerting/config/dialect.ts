// Whose configuration is read: any valid alertmanager.yml (for replays and route tests), or one that is deployed, which
// knows other kinds of integration, references instead of secrets and another template language.
import type { IntegrationFields } from '../../model/integration-fields.ts';
import { INTEGRATIONS } from './integration-fields.ts';

export interface Dialect {
  /** By the part of the field's name before `_configs`, in the order in which they are numbered. */
  readonly integrations: Readonly<Record<string, IntegrationFields>>;
  /** Undefined for a file that is only looked at. */
  readonly deployment?: DeploymentRules;
}

/** What differs where a configuration is deployed; from lib/channels/fields.ts. */
export interface DeploymentRules {
  /** Kinds of Alertmanager that have no channel, and what to write instead. */
  readonly refusedKinds: Readonly<Record<string, string>>;
  /** Fields of Alertmanager that mean nothing, by kind, and what to know instead. */
  readonly refusedFields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Fields of `http_config` that are understood. */
  readonly httpFields: ReadonlySet<string>;
  /** The field of `global` that a field is taken from, by kind. */
  readonly globalFallbacks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What is wrong with a template; undefined if nothing is. */
  readonly templateProblem: (source: string) => string | undefined;
}

/** Alertmanager's own files. */
export const ALERTMANAGER: Dialect = { integrations: INTEGRATIONS };
