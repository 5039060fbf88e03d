// What the span metrics can be told; defaults are in one constant.

export interface SpanMetricsSettings {
  readonly enabled: boolean;
  readonly namespace: string;
  /** Distinct operations (or remotes) a service; the rest is counted under `_other`. */
  readonly maxOperationsPerService: number;
  /** Also the sums of all operations of a service, without the dimension `operation`: four more metrics a service. */
  readonly serviceTotals: boolean;
}

export const SPAN_METRICS_DEFAULTS: SpanMetricsSettings = {
  enabled: true,
  namespace: 'Tidewatch/Spans',
  maxOperationsPerService: 200,
  serviceTotals: false,
};
