// The wire walk at the door: counts the items of a request, finds those that cannot be stored, and meets every byte
// that an exporter would, so that behind the queue nothing is malformed.
import type { Signal } from '../../model/signal.ts';
import { LogWalker, MetricWalker, TraceWalker } from '../../telemetry/walk.ts';
import { LogInspector } from './inspect-logs.ts';
import { MetricInspector } from './inspect-metrics.ts';
import { SpanInspector } from './inspect-spans.ts';

/** What the walk saw. `items` counts all spans, log records or data points, the rejected ones too. */
export interface Inspection {
  readonly items: number;
  /** Items that are not stored, by reason. They stay in the body; the exporters leave them out by the same rule. */
  readonly rejected: ReadonlyMap<string, number>;
  /** Sentences for the sender about items that are stored. */
  readonly warnings: readonly string[];
}

// Made when the first request of their signal comes: most functions see all three, but not in their first second.
let spans: { walker: TraceWalker; inspector: SpanInspector } | undefined;
let logs: { walker: LogWalker; inspector: LogInspector } | undefined;
let metrics: { walker: MetricWalker; inspector: MetricInspector } | undefined;

/**
 * Walks a request.
 * @param otlp OTLP protobuf, decompressed
 * @throws MalformedError when any part of it breaks the format
 */
export function inspect(signal: Signal, otlp: Buffer): Inspection {
  switch (signal) {
    case 'traces': {
      spans ??= { walker: new TraceWalker(), inspector: new SpanInspector() };
      const { walker, inspector } = spans;
      inspector.start();
      walker.walk(otlp, [inspector]);
      return inspector.result();
    }
    case 'logs': {
      logs ??= { walker: new LogWalker(), inspector: new LogInspector() };
      const { walker, inspector } = logs;
      inspector.start();
      walker.walk(otlp, [inspector]);
      return inspector.result();
    }
    case 'metrics': {
      metrics ??= { walker: new MetricWalker(), inspector: new MetricInspector() };
      const { walker, inspector } = metrics;
      inspector.start();
      walker.walk(otlp, [inspector]);
      return inspector.result();
    }
  }
}
