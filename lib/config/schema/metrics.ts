// The sections `metrics` and `spanMetrics`.
import { z } from 'zod';
import { METRICS_DEFAULTS, type MetricsSettings } from '../../exporters/cloudwatch-metrics/settings.ts';
import { SPAN_METRICS_DEFAULTS, type SpanMetricsSettings } from '../../exporters/span-metrics/settings.ts';
import type { Problem } from '../problem.ts';
import { distinct, section, wholeNumber, words } from './parts.ts';
import { template } from './template.ts';

/** Dimensions of a CloudWatch metric are at most 30, and `service.name` is one. @see PutMetricData, 2026-11 */
const MAX_DIMENSION_KEYS = 29;

const namespace = () =>
  template({
    what: 'CloudWatch namespace',
    characters: /[A-Za-z0-9 ._\-/#:]/,
    maxLength: 256,
    refusePrefix: (prefix) => {
      if (prefix.startsWith('AWS/')) return 'a namespace that does not start with "AWS/", which is reserved';
      return prefix.startsWith(':') ? 'a namespace that does not start with ":"' : undefined;
    },
  });

export const metricsSchema = section({
  namespace: namespace().optional(),
  dimensions: z
    .array(
      section({
        metric: z
          .string({ error: 'a metric name, or a prefix followed by *' })
          .regex(/^[^*\s][^*]*\*?$|^\*$/, { error: 'a metric name, or a prefix followed by *' }),
        keys: distinct(words('an attribute key', 255), MAX_DIMENSION_KEYS, 'attribute keys'),
      }),
      { error: 'a list of { metric, keys }' },
    )
    .optional(),
  resolution: z.enum(['1s', '60s']).optional(),
});

export const spanMetricsSchema = section({
  enabled: z.boolean().optional(),
  namespace: namespace()
    .refine((text) => !text.includes('{'), { error: 'a namespace without placeholders' })
    .optional(),
  maxOperationsPerService: wholeNumber(1, 1000).optional(),
});

type Metrics = z.output<typeof metricsSchema>;

/** Entries that can never count because an earlier one matches everything they match. */
export function metricsProblems(metrics: Metrics): Problem[] {
  const entries = metrics.dimensions ?? [];
  return entries.flatMap((entry, index): Problem[] => {
    const earlier = entries.findIndex((other, at) => at < index && covers(other.metric, entry.metric));
    if (earlier < 0) return [];
    return [
      {
        level: 'error',
        path: `metrics.dimensions[${index}].metric`,
        message: `expected a metric that no earlier entry matches, got ${JSON.stringify(entry.metric)}: dimensions[${earlier}] (${JSON.stringify(entries[earlier]?.metric)}) comes first`,
      },
    ];
  });
}

export function metricsSettings(metrics: Metrics): MetricsSettings {
  return {
    ...METRICS_DEFAULTS,
    namespaceTemplate: metrics.namespace ?? METRICS_DEFAULTS.namespaceTemplate,
    dimensions: metrics.dimensions ?? METRICS_DEFAULTS.dimensions,
    storageResolution: metrics.resolution === '1s' ? 1 : METRICS_DEFAULTS.storageResolution,
  };
}

export function spanMetricsSettings(spanMetrics: z.output<typeof spanMetricsSchema>): SpanMetricsSettings {
  return {
    ...SPAN_METRICS_DEFAULTS,
    enabled: spanMetrics.enabled ?? SPAN_METRICS_DEFAULTS.enabled,
    namespace: spanMetrics.namespace ?? SPAN_METRICS_DEFAULTS.namespace,
    maxOperationsPerService:
      spanMetrics.maxOperationsPerService ?? SPAN_METRICS_DEFAULTS.maxOperationsPerService,
  };
}

function covers(pattern: string, other: string): boolean {
  return pattern.endsWith('*') ? other.startsWith(pattern.slice(0, -1)) : pattern === other;
}
