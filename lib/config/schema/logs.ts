// The section `logs`.
import type { z } from 'zod';
import { MAX_LOG_NAME_CHARS } from '../../exporters/cloudwatch-logs/limits.ts';
import { LOGS_DEFAULTS, type LogsSettings } from '../../exporters/cloudwatch-logs/settings.ts';
import { section, wholeNumber } from './parts.ts';
import { template } from './template.ts';

/** Log groups begin with fixed text, because the export function may write to groups below it and no others. */
function refuseGroupPrefix(prefix: string): string | undefined {
  if (!/[A-Za-z0-9]/.test(prefix)) {
    return 'a log group that starts with fixed text such as "/tidewatch/": the functions may write below it only';
  }
  return /^\/?aws\//i.test(prefix) ? 'a log group outside "/aws/", which belongs to AWS services' : undefined;
}

export const logsSchema = section({
  group: template({
    what: 'log group name',
    characters: /[A-Za-z0-9._\-/#]/,
    maxLength: MAX_LOG_NAME_CHARS,
    refusePrefix: refuseGroupPrefix,
  }).optional(),
  stream: template({
    what: 'log stream name',
    characters: /[^:*\p{Cc}]/u,
    maxLength: MAX_LOG_NAME_CHARS,
  }).optional(),
  maxGroups: wholeNumber(1, 5000).optional(),
});

/** @param retentionDays the hot tier */
export function logsSettings(logs: z.output<typeof logsSchema>, retentionDays: number): LogsSettings {
  return {
    ...LOGS_DEFAULTS,
    groupTemplate: logs.group ?? LOGS_DEFAULTS.groupTemplate,
    streamTemplate: logs.stream ?? LOGS_DEFAULTS.streamTemplate,
    maxGroups: logs.maxGroups ?? LOGS_DEFAULTS.maxGroups,
    retentionDays,
  };
}
