// What the fields of an integration are said to hold: shared by the configuration that checks them and the channels
// that read them.

/** What a field holds; `secret…` must not stand in a file, `template` may hold a template. */
export type FieldKind =
  | 'text'
  | 'template'
  | 'secret'
  | 'secretUrl'
  /** A file with a secret in it, which no function has. */
  | 'secretFile'
  | 'url'
  | 'boolean'
  | 'integer'
  | 'duration'
  | 'http'
  /** Integrations that are told when this one cannot be. */
  | 'otherwise'
  /** A structure that is looked through for templates and secrets only. */
  | 'nested';

export interface IntegrationFields {
  /** Whether resolved alerts are sent if `send_resolved` is not written. */
  readonly sendResolved: boolean;
  /** Whether an answer of 429 is tried again in the same flush. */
  readonly retries429: boolean;
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** Of each list one field must be there: in the integration, or in `global` under the name after "global.". */
  readonly required: readonly (readonly string[])[];
  /** Of each list only one may be there. */
  readonly exclusive: readonly (readonly string[])[];
}
