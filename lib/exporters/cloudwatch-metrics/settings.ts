// What the CloudWatch metrics exporter can be told; defaults are in one constant.

export interface MetricsSettings {
  /** Namespace; `{attribute}` is replaced by the resource attribute. Never starts with `AWS/`. */
  readonly namespaceTemplate: string;
  /** Attribute keys that become dimensions, by metric name pattern (`*` at the end); the first that matches counts. */
  readonly dimensions: readonly MetricDimensions[];
  /** Seconds between stored points. */
  readonly storageResolution: 1 | 60;
}

export interface MetricDimensions {
  /** A metric name, or a prefix followed by `*`. */
  readonly metric: string;
  /** Attribute keys of the resource or the point, besides `service.name`; order does not matter. */
  readonly keys: readonly string[];
}

export const METRICS_DEFAULTS: MetricsSettings = {
  namespaceTemplate: 'Tidewatch/Metrics',
  dimensions: [],
  storageResolution: 60,
};
