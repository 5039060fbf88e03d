// How long it took until somebody acknowledged, as a line that CloudWatch makes a metric of.
// Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import type { Priority } from '../../model/notification.ts';
import type { Incident } from '../incident/incident.ts';
import type { OnCallSettings } from '../settings.ts';

export interface Acknowledgement {
  readonly incident: string;
  readonly policy: string;
  readonly priority: Priority;
  /** Since somebody was told first, or since it fired when nobody was. */
  readonly tookMs: number;
  /** Later than aimed at. */
  readonly isLate: boolean;
}

/** What an acknowledgement was, of an incident that was just acknowledged. */
export function acknowledgementOf(
  { id, policy, priority, firstToldAt, firedAt, acknowledgedAt }: Incident,
  { acknowledgeTargetsMs }: Pick<OnCallSettings, 'acknowledgeTargetsMs'>,
): Acknowledgement {
  const tookMs = (acknowledgedAt ?? 0) - (firstToldAt ?? firedAt);
  return { incident: id, policy, priority, tookMs, isLate: tookMs > acknowledgeTargetsMs[priority] };
}

/** Metrics `timeToAcknowledge` and `lateAcknowledgements` by priority. @returns a line that ends with a line break */
export function acknowledgementLine(took: Acknowledgement, nowMs: number): string {
  const { incident, policy, priority, tookMs, isLate } = took;
  return `${JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: 'Tidewatch',
          Dimensions: [['Priority']],
          Metrics: [
            { Name: 'timeToAcknowledge', Unit: 'Milliseconds' },
            { Name: 'lateAcknowledgements', Unit: 'Count' },
          ],
        },
      ],
    },
    incident,
    policy,
    Priority: priority,
    timeToAcknowledge: tookMs,
    lateAcknowledgements: isLate ? 1 : 0,
  })}\n`;
}
