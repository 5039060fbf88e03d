// Configuration as written → settings: checked strictly, every problem listed, defaults filled in. Loaded at synth and
// by the CLI, never by a function.
import { z } from 'zod';
import type { TidewatchConfig } from './define.ts';
import { DEPLOYMENT_DEFAULTS, type DeploymentSettings } from './deployment.ts';
import { ConfigError, type Problem } from './problem.ts';
import type { RuntimeConfig } from './runtime.ts';
import { type AlertingSection, readAlertingSection } from './schema/alerting.ts';
import { readAnomalySection } from './schema/anomalies.ts';
import { deploymentProblems, deploymentSchema } from './schema/deployment.ts';
import {
  doorSettings,
  exportSchema,
  ingestProblems,
  ingestSchema,
  receiverSettings,
} from './schema/ingest.ts';
import { logsSchema, logsSettings } from './schema/logs.ts';
import {
  metricsProblems,
  metricsSchema,
  metricsSettings,
  spanMetricsSchema,
  spanMetricsSettings,
} from './schema/metrics.ts';
import { readOnCallSection } from './schema/on-call.ts';
import { parse, section } from './schema/parts.ts';
import { readSloSection } from './schema/slos.ts';
import { tierProblems, tierSettings, tiersSchema } from './schema/tiers.ts';
import { xraySchema, xraySettings } from './schema/xray.ts';

/** A configuration that was checked. */
export interface CompiledConfig {
  /** What the functions read. */
  readonly runtime: RuntimeConfig;
  /** What the infrastructure is built by. */
  readonly deployment: DeploymentSettings;
  /** What is allowed but costs or surprises. */
  readonly warnings: readonly Problem[];
}

export type CheckResult =
  | { readonly ok: true; readonly compiled: CompiledConfig; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The sections are checked one by one, so that a mistake in one does not hide those in another. */
const rootSchema = section({
  ingest: z.unknown(),
  export: z.unknown(),
  xray: z.unknown(),
  metrics: z.unknown(),
  spanMetrics: z.unknown(),
  logs: z.unknown(),
  tiers: z.unknown(),
  slos: z.unknown(),
  sloOptions: z.unknown(),
  anomalies: z.unknown(),
  alerting: z.unknown(),
  onCall: z.unknown(),
  deployment: z.unknown(),
}).partial();

/** Lists everything that is wrong with a configuration; compiles it when nothing is an error. */
export function checkConfig(config: unknown): CheckResult {
  const root = parse(rootSchema, config, []);
  const written = (typeof config === 'object' && config !== null ? config : {}) as Record<string, unknown>;
  const problems: Problem[] = [...root.problems];

  const take = <Output>(
    name: keyof TidewatchConfig,
    schema: z.ZodType<Output>,
    more: (value: Output) => readonly Problem[] = () => [],
  ): Output | undefined => {
    const result = parse(schema, written[name] ?? {}, [name]);
    problems.push(...result.problems);
    if (result.value !== undefined) problems.push(...more(result.value));
    return result.value;
  };

  const ingest = take('ingest', ingestSchema, ingestProblems);
  const exporting = take('export', exportSchema);
  const xray = take('xray', xraySchema);
  const metrics = take('metrics', metricsSchema, metricsProblems);
  const spanMetrics = take('spanMetrics', spanMetricsSchema);
  const logs = take('logs', logsSchema);
  const tiers = take('tiers', tiersSchema, tierProblems);
  const deployment = take('deployment', deploymentSchema, deploymentProblems);
  const slos = readSloSection(written, spanMetricsSettings(spanMetrics ?? {}));
  problems.push(...slos.problems);
  const anomalies = readAnomalySection(written.anomalies, spanMetricsSettings(spanMetrics ?? {}));
  problems.push(...anomalies.problems);
  const alerting = readAlertingSection(written.alerting, {
    slos: slos.settings?.slos ?? [],
    hasAnomalies: anomalies.settings !== undefined,
  });
  problems.push(...alerting.problems);
  const onCall = readOnCallSection(written.onCall, escalationUses(alerting.rules));
  problems.push(...onCall.problems);

  if (problems.some((problem) => problem.level === 'error')) return { ok: false, problems };
  if (!ingest || !exporting || !xray || !metrics || !spanMetrics || !logs || !tiers || !deployment) {
    return { ok: false, problems };
  }

  const tierDays = tierSettings(tiers);
  const logSettings = logsSettings(logs, tierDays.hotDays);
  const exportMaxConcurrency = exporting.maxConcurrency ?? DEPLOYMENT_DEFAULTS.exportMaxConcurrency;
  const runtime: RuntimeConfig = {
    receiver: receiverSettings(ingest),
    xray: xraySettings(xray, logSettings.groupTemplate, exportMaxConcurrency),
    metrics: metricsSettings(metrics),
    spanMetrics: { ...spanMetricsSettings(spanMetrics), serviceTotals: slos.needsServiceTotals },
    logs: logSettings,
    tiers: tierDays,
    ...(alerting.settings !== undefined && { alerting: alerting.settings }),
    ...(onCall.settings !== undefined && { onCall: onCall.settings }),
    ...(slos.settings !== undefined && { slo: slos.settings }),
    ...(anomalies.settings !== undefined && { anomaly: anomalies.settings }),
    ...(anomalies.canary !== undefined && { canary: anomalies.canary }),
    ...(anomalies.logWatch !== undefined && { logWatch: anomalies.logWatch }),
  };
  const { alarms, functionLogRetention, ...rest } = deployment;
  const settings: DeploymentSettings = {
    stackName: rest.stackName ?? DEPLOYMENT_DEFAULTS.stackName,
    removal: rest.removal ?? DEPLOYMENT_DEFAULTS.removal,
    encryption: rest.encryption ?? DEPLOYMENT_DEFAULTS.encryption,
    functionLogDays: functionLogRetention ?? DEPLOYMENT_DEFAULTS.functionLogDays,
    door: doorSettings(ingest),
    exportMaxConcurrency,
    ...(ingest.reservedConcurrency !== undefined && {
      ingestReservedConcurrency: ingest.reservedConcurrency,
    }),
    ...(alarms?.topicArn !== undefined && { alarmTopicArn: alarms.topicArn }),
    alarmEmails: alarms?.emails ?? DEPLOYMENT_DEFAULTS.alarmEmails,
    ...(!slos.gateAlarms && { sloGateAlarms: false }),
  };
  return { ok: true, compiled: { runtime, deployment: settings, warnings: problems }, problems };
}

/** Receivers that open incidents, with the policy each starts. */
function escalationUses(rules: AlertingSection['rules']) {
  return (rules?.receivers ?? []).flatMap(({ name, integrations }) =>
    integrations
      .filter(({ kind }) => kind === 'escalation')
      .map(({ fields }) => ({ receiver: name, policy: String(fields.policy ?? '') })),
  );
}

/**
 * Compiles a configuration.
 * @throws ConfigError that lists every problem
 */
export function compileConfig(config: unknown): CompiledConfig {
  const result = checkConfig(config);
  if (result.ok) return result.compiled;
  throw new ConfigError(result.problems.filter((problem) => problem.level === 'error'));
}
