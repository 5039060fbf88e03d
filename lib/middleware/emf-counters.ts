// Writes the counts of an outcome as CloudWatch embedded metrics: one line for each, and no line when all is well.
// Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import type { MiddlewareObj } from '@middy/core';

const NAMESPACE = 'Tidewatch';

export interface Counted {
  readonly counts: readonly { readonly name: string; readonly count: number; readonly reason: string }[];
  /** Written beside the counts, for a person; not dimensions. */
  readonly facts: Readonly<Record<string, string | number | undefined>>;
}

export interface EmfOptions {
  /** Who counts; the value of the dimension `Receiver`. */
  readonly receiver: string;
  readonly write: (text: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Counts by receiver, and by receiver and reason. The response must be a Counted when this runs. */
export function emfCounters(options: EmfOptions): MiddlewareObj<unknown, Counted> {
  const write = ({ response }: { response: Counted | null | undefined }) => {
    if (response == null || response.counts.length === 0) return;
    options.write(emfLines(options.receiver, response, options.now()));
  };
  return { after: write, onError: write };
}

/** @returns lines that each end with a line break */
export function emfLines(receiver: string, { counts, facts }: Counted, nowMs: number): string {
  return counts
    .map(({ name, count, reason }) => {
      const dimensions = [['Receiver'], ['Receiver', 'Reason']];
      const metrics = [{ Name: name, Unit: 'Count' }];
      const line = {
        _aws: {
          Timestamp: nowMs,
          CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: dimensions, Metrics: metrics }],
        },
        ...facts,
        Receiver: receiver,
        Reason: reason,
        [name]: count,
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}
