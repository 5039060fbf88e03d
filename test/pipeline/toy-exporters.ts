// Two destinations of the simulation: one that may be told twice, as X-Ray, and one that counts what it is told twice.
import type { Exporter, ExportOutcome, ExportRequest, FlushContext } from '../../lib/exporters/exporter.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import type { NumberPointView } from '../../lib/telemetry/number-point-view.ts';
import type { SpanView } from '../../lib/telemetry/span-view.ts';

/** A call to the outside; rejects with RetryableError, or never comes back. */
export type Outside = <T>(effect: () => T) => Promise<T>;

/** Items of a call. */
const CALL_ITEMS = 3;

interface Taken {
  readonly ingestId: string;
  readonly from: number;
  readonly items: string[];
}

abstract class ToyExporter implements Exporter {
  abstract readonly destination: Exporter['destination'];
  abstract readonly signals: Exporter['signals'];
  protected current: Taken | undefined;
  private taken: Taken[] = [];

  begin(request: ExportRequest, progress: string | undefined): boolean {
    const from = Number(progress ?? 0);
    this.current = { ingestId: request.ingestId, from, items: [] };
    return true;
  }

  resource(): void {}

  scope(): void {}

  end(): void {
    if (this.current !== undefined) this.taken.push(this.current);
    this.current = undefined;
  }

  abort(): void {
    this.current = undefined;
  }

  async flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>> {
    const taken = this.taken;
    this.taken = [];
    const outcomes = new Map<string, ExportOutcome>();
    for (const one of taken) outcomes.set(one.ingestId, await this.send(one, context));
    return outcomes;
  }

  protected abstract put(ingestId: string, items: readonly string[]): Promise<void>;

  /** True when a call may not be told twice. */
  protected abstract readonly notes: boolean;

  private async send({ ingestId, from, items }: Taken, context: FlushContext): Promise<ExportOutcome> {
    try {
      for (let at = from; at < items.length; at += CALL_ITEMS) {
        const end = Math.min(at + CALL_ITEMS, items.length);
        await this.put(ingestId, items.slice(at, end));
        if (!this.notes) continue;
        const lost = await context.saveProgress(this.destination, [{ ingestId, progress: String(end) }]);
        if (lost !== undefined) return { kind: 'retry', reason: 'conflict', message: 'another instance' };
      }
      return { kind: 'done' };
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      return { kind: 'retry', reason: error.reason, message: error.message };
    }
  }
}

/** Spans: the same id again changes nothing. */
export class SettingExporter extends ToyExporter {
  readonly destination = 'xray';
  readonly signals = ['traces'] as const;
  protected readonly notes = false;
  private readonly seen: Set<string>;
  private readonly outside: Outside;

  constructor(seen: Set<string>, outside: Outside) {
    super();
    this.seen = seen;
    this.outside = outside;
  }

  span(span: SpanView): void {
    this.current?.items.push(span.spanId);
  }

  protected override put(_: string, items: readonly string[]): Promise<void> {
    return this.outside(() => {
      for (const item of items) this.seen.add(item);
    });
  }
}

/** Points: each call counts. */
export class CountingExporter extends ToyExporter {
  readonly destination = 'cloudwatch-metrics';
  readonly signals = ['metrics'] as const;
  protected readonly notes = true;
  private readonly count: (ingestId: string, items: readonly string[]) => Promise<void>;

  constructor(count: (ingestId: string, items: readonly string[]) => Promise<void>) {
    super();
    this.count = count;
  }

  metric(): void {}

  numberPoint(_: NumberPointView): void {
    const { current } = this;
    current?.items.push(`${current.ingestId}/${current.items.length}`);
  }

  histogramPoint(): void {}

  exponentialPoint(): void {}

  summaryPoint(): void {}

  protected override put(ingestId: string, items: readonly string[]): Promise<void> {
    return this.count(ingestId, items);
  }
}
