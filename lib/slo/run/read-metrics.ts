// Reads the metrics of many SLOs, call by call. CloudWatch refuses a whole call for one query that it does not take:
// then the call is halved until the SLO that is to blame stands alone, and from then on it is asked for alone.
import type { MetricReader, MetricSeries } from '../ports.ts';
import { atATime } from './at-a-time.ts';
import { type PlannedRead, planReads, type Wanted } from './metric-reads.ts';
import { sourceKey } from './terms.ts';

const MINUTE = 60_000;
/** Calls at a time. CloudWatch allows 50 GetMetricData a second, and more points with fewer of them at work. */
const READS_AT_A_TIME = 4;

export interface WantedBySlo extends Wanted {
  readonly slo: { readonly name: string };
}

/** Series of an SLO by `sourceKey`. */
export type SeriesBySource = ReadonlyMap<string, MetricSeries>;

export class MetricsOfSlos {
  private readonly reader: MetricReader;
  /** SLOs of which CloudWatch refused a metric. */
  private readonly refused = new Set<string>();

  constructor(reader: MetricReader) {
    this.reader = reader;
  }

  async read<T extends WantedBySlo>(all: readonly T[], deadlineMs: number): Promise<Map<T, SeriesBySource>> {
    const found = new Map<T, SeriesBySource>();
    const alone = all.filter(({ slo }) => this.refused.has(slo.name));
    const common = all.filter(({ slo }) => !this.refused.has(slo.name));
    const reads = [...planReads(common, MINUTE), ...alone.flatMap((one) => planReads([one], MINUTE))];
    await atATime(READS_AT_A_TIME, reads, (read) => this.readCall(read, deadlineMs, found));
    return found;
  }

  private async readCall<T extends WantedBySlo>(
    { wanted, ...read }: PlannedRead<T>,
    deadlineMs: number,
    found: Map<T, SeriesBySource>,
  ): Promise<void> {
    const answers = await this.reader.read(read, deadlineMs);
    // Of one Region only, where the call went to several.
    const isRefused = answers.some((answer) => answer.kind === 'failed' && answer.reason === 'rejected');
    if (isRefused && wanted.length > 1) {
      const middle = wanted.length >> 1;
      for (const half of [wanted.slice(0, middle), wanted.slice(middle)])
        for (const part of planReads(half, read.periodMs)) await this.readCall(part, deadlineMs, found);
      return;
    }
    const bySource = new Map(read.sources.map((source, place) => [sourceKey(source), answers[place]!]));
    for (const one of wanted) {
      found.set(one, bySource);
      if (isRefused) this.refused.add(one.slo.name);
      else this.refused.delete(one.slo.name);
    }
  }
}
