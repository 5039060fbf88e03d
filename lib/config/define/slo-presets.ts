// `slo.*`: SLOs of the services that AWS itself measures, of the spans that Tidewatch counts, and of any metric.
// Each function writes a plain SloConfig; nothing is checked here.
// Metrics: docs.aws.amazon.com, "metrics and dimensions" of each service (2026-11).
import { SPAN_METRICS_DEFAULTS } from '../../exporters/span-metrics/settings.ts';
import {
  allowing,
  type DurationUnit,
  define,
  type FreshnessOptions,
  inUnit,
  type LatencyOptions,
  latencyOf,
  metricsOf,
  requests,
  type SloOptions,
  type ThroughputOptions,
  throughputOf,
} from './slo-parts.ts';
import type { IndicatorConfig, PolicyStepConfig, RatioText, SloConfig, SloMetricConfig } from './slos.ts';

export interface ApiGatewayOptions {
  readonly stage?: string;
  /** A method and a resource, where detailed metrics are on; both, and the stage, or neither. */
  readonly method?: string;
  readonly resource?: string;
}

export const sloPresets = {
  /** Tells at a quarter, asks for approval at a tenth, freezes when the budget is spent; opens with some budget back. */
  standardPolicy: [
    { action: 'notify', below: 0.25, until: 0.3 },
    { action: 'requireApproval', below: 0.1, until: 0.15 },
    { action: 'freeze', below: 0, until: 0.1 },
  ] satisfies readonly PolicyStepConfig[],

  /** A REST API by its name. Faults are answers of 5xx. */
  apiGateway(api: string, { stage, method, resource }: ApiGatewayOptions = {}) {
    const metric = metricsOf('AWS/ApiGateway', {
      ApiName: api,
      ...(stage !== undefined && { Stage: stage }),
      ...(method !== undefined && { Method: method }),
      ...(resource !== undefined && { Resource: resource }),
    });
    const name = [api, method, resource].filter((part) => part !== undefined).join('-');
    return requests(name, metric, 'Count', '5XXError', 'Latency', 'ms');
  },

  /** An HTTP API by its id; `name` is what its SLOs are called by. */
  httpApi(apiId: string, { name = apiId, stage }: { readonly name?: string; readonly stage?: string } = {}) {
    const metric = metricsOf('AWS/ApiGateway', {
      ApiId: apiId,
      ...(stage !== undefined && { Stage: stage }),
    });
    return requests(name, metric, 'Count', '5xx', 'Latency', 'ms');
  },

  /** A function, or one alias or version of it: `live`. Faults are invocations that failed. */
  lambda(functionName: string, { alias }: { readonly alias?: string } = {}) {
    const metric = metricsOf('AWS/Lambda', {
      FunctionName: functionName,
      ...(alias !== undefined && { Resource: `${functionName}:${alias}` }),
    });
    return requests(functionName, metric, 'Invocations', 'Errors', 'Duration', 'ms');
  },

  /**
   * A load balancer as CloudWatch has it: "app/shop/50dc6c495c0c9188". Faults are answers of 5xx of the targets, or with
   * `faults: 'loadBalancer'` those that it gave itself, such as 503 without a healthy target.
   */
  alb(
    loadBalancer: string,
    options: {
      readonly name?: string;
      readonly targetGroup?: string;
      readonly faults?: 'target' | 'loadBalancer';
    } = {},
  ) {
    const { targetGroup, faults = 'target' } = options;
    const metric = metricsOf('AWS/ApplicationELB', {
      LoadBalancer: loadBalancer,
      ...(targetGroup !== undefined && { TargetGroup: targetGroup }),
    });
    const name = options.name ?? loadBalancer.split('/')[1] ?? loadBalancer;
    const counter = faults === 'target' ? 'HTTPCode_Target_5XX_Count' : 'HTTPCode_ELB_5XX_Count';
    return requests(name, metric, 'RequestCount', counter, 'TargetResponseTime', 's');
  },

  /** Messages of a queue are taken before they are too old: share of minutes. An empty queue has no data. */
  sqsAge(queueName: string) {
    const age = metricsOf('AWS/SQS', { QueueName: queueName })('ApproximateAgeOfOldestMessage', 'Maximum');
    return {
      freshness: (objective: RatioText, { below, ...options }: FreshnessOptions): SloConfig => {
        const threshold = { metric: age, operator: 'lte', limit: inUnit(below, 's') } as const;
        return define(`${queueName}-freshness`, objective, { threshold }, options);
      },
    };
  },

  /**
   * One operation on a table, such as `GetItem`. CloudWatch counts what succeeded, so the ratio of failures is of
   * those; the two differ by the failures themselves.
   */
  dynamodb(tableName: string, operation: string) {
    const metric = metricsOf('AWS/DynamoDB', { TableName: tableName, Operation: operation });
    const latency = (statistic: string) => metric('SuccessfulRequestLatency', statistic);
    const name = `${tableName}-${operation}`;
    return {
      availability: (objective: RatioText, options?: SloOptions): SloConfig => {
        const indicator = { bad: metric('SystemErrors'), total: latency('SampleCount') };
        return define(`${name}-availability`, objective, indicator, options);
      },
      latency: (objective: RatioText, options: LatencyOptions): SloConfig =>
        latencyOf(`${name}-latency`, objective, latency, 'ms', options),
    };
  },

  /**
   * A service whose spans Tidewatch counts, by its `service.name`; all of it, or one operation as the span metrics name
   * it: "POST /orders". Faults are answers of 5xx and spans that ended in an error.
   */
  service(service: string, { operation }: { readonly operation?: string } = {}) {
    const metric = metricsOf(SPAN_METRICS_DEFAULTS.namespace, {
      service,
      ...(operation !== undefined && { operation }),
    });
    const name = operation === undefined ? service : `${service}-${operation}`;
    const made = requests(name, metric, 'Requests', 'Faults', 'Duration', 'ms');
    return {
      availability: (objective: RatioText, options?: SloOptions) =>
        made.availability(objective, { service, ...options }),
      errorRatio: (atMost: number, options?: SloOptions) => made.errorRatio(atMost, { service, ...options }),
      latency: (objective: RatioText, options: LatencyOptions) =>
        made.latency(objective, { service, ...options }),
      throughput: (objective: RatioText, options: ThroughputOptions) =>
        made.throughput(objective, { service, ...options }),
    };
  },

  /** Anything that CloudWatch has a metric of; the names of the SLOs begin with `name`. */
  metrics(name: string) {
    return {
      /** Share of good events. */
      availability: (objective: RatioText, indicator: IndicatorConfig, options?: SloOptions): SloConfig =>
        define(`${name}-availability`, objective, indicator, options),
      /** Share of failed events that is allowed. */
      errorRatio: (
        atMost: number,
        { errors, total }: { readonly errors: SloMetricConfig; readonly total: SloMetricConfig },
        options?: SloOptions,
      ): SloConfig => define(`${name}-errors`, allowing(atMost), { bad: errors, total }, options),
      /** Share of records that are right. */
      correctness: (
        objective: RatioText,
        { valid, total }: { readonly valid: SloMetricConfig; readonly total: SloMetricConfig },
        options?: SloOptions,
      ): SloConfig => define(`${name}-correctness`, objective, { good: valid, total }, options),
      /** Share of events, or of minutes, that are fast enough. @param unit of the metric's values */
      latency: (
        objective: RatioText,
        metric: SloMetricConfig,
        options: LatencyOptions,
        unit: DurationUnit = 'ms',
      ): SloConfig =>
        latencyOf(`${name}-latency`, objective, (statistic) => ({ ...metric, statistic }), unit, options),
      /** Share of minutes with enough events. */
      throughput: (objective: RatioText, metric: SloMetricConfig, options: ThroughputOptions): SloConfig =>
        throughputOf(`${name}-throughput`, objective, metric, options),
      /** Share of minutes in which data is new enough. @param age a metric of ages @param unit of its values */
      freshness: (
        objective: RatioText,
        age: SloMetricConfig,
        { below, ...options }: FreshnessOptions,
        unit: DurationUnit = 's',
      ): SloConfig => {
        const metric = { ...age, statistic: age.statistic ?? 'Maximum' };
        const threshold = { metric, operator: 'lte', limit: inUnit(below, unit) } as const;
        return define(`${name}-freshness`, objective, { threshold }, options);
      },
    };
  },
};
