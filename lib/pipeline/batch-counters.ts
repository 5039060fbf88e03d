// Counts of one batch, written once at its end in CloudWatch's embedded metric format (EMF).
// Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import type { Counters, Destination } from '../exporters/exporter.ts';

const NAMESPACE = 'Tidewatch';

/** A document may hold 100 metrics; a batch has a dozen names, so none is ever cut. */
export class BatchCounters implements Counters {
  /** By destination and reason, the counts by name. */
  private readonly groups = new Map<
    string,
    { destination: string; reason: string; counts: Map<string, number> }
  >();

  add(destination: Destination | 'pipeline', name: string, count: number, reason = ''): void {
    if (count === 0) return;
    const key = `${destination}/${reason}`;
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { destination, reason, counts: new Map() };
      this.groups.set(key, group);
    }
    group.counts.set(name, (group.counts.get(name) ?? 0) + count);
  }

  /** The sum over all reasons, or of one reason. */
  total(destination: Destination | 'pipeline', name: string, reason?: string): number {
    let total = 0;
    for (const group of this.groups.values()) {
      if (group.destination !== destination || (reason !== undefined && group.reason !== reason)) continue;
      total += group.counts.get(name) ?? 0;
    }
    return total;
  }

  /**
   * One JSON line for each pair of destination and reason, because a document has one value a dimension. Counts with
   * a reason are counted for the destination as a whole too.
   * @returns text that ends with a line break; empty when nothing was counted
   */
  toEmf(nowMs: number): string {
    let text = '';
    for (const { destination, reason, counts } of this.groups.values()) {
      const dimensions = reason === '' ? [['Destination']] : [['Destination'], ['Destination', 'Reason']];
      const metrics = [...counts.keys()].map((name) => ({ Name: name, Unit: 'Count' }));
      const line = {
        _aws: {
          Timestamp: nowMs,
          CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: dimensions, Metrics: metrics }],
        },
        Destination: destination,
        ...(reason !== '' && { Reason: reason }),
        ...Object.fromEntries(counts),
      };
      text += `${JSON.stringify(line)}\n`;
    }
    return text;
  }
}
