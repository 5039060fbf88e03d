// What the span metrics can be told; defaults are in one constant.

export interface SpanMetricsSettings {
  readonly enabled: boolean;
  readonly namespace: string;
  /** Distinct operations (or remotes) a service; the rest is counted under `_other`. */
  readonly maxOperationsPerService: number;
}

export const SPAN_METRICS_DEFAULTS: SpanMetricsSettings = {
  enabled: true,
  namespace: 'Tidewatch/Spans',
  maxOperationsPerService: 200,
};
