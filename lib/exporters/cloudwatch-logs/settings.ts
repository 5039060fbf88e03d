// What the CloudWatch Logs exporter can be told; defaults are in one constant.

export interface LogsSettings {
  /** Log group; `{attribute}` is replaced by the resource attribute, cleaned for CloudWatch. */
  readonly groupTemplate: string;
  /** Log stream, same placeholders. */
  readonly streamTemplate: string;
  /** Retention set on groups we create: one of CloudWatch's own values. */
  readonly retentionDays: number;
  /** Groups above this number share `<prefix>/_other`. */
  readonly maxGroups: number;
}

export const LOGS_DEFAULTS: LogsSettings = {
  groupTemplate: '/tidewatch/{service.name}',
  streamTemplate: '{service.instance.id}',
  retentionDays: 7,
  maxGroups: 500,
};
