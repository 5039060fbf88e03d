// The one pass over a request for all its exporters, and the search for the culprit when one of them fails.
import type { Exporter, ExportRequest } from '../exporters/exporter.ts';
import { MalformedError } from '../model/errors.ts';
import {
  type LogVisitor,
  LogWalker,
  type MetricVisitor,
  MetricWalker,
  type SpanVisitor,
  TraceWalker,
} from '../telemetry/walk.ts';
import type { DestinationOutcome } from './decide.ts';
import type { ProgressLedger } from './progress-ledger.ts';

export interface Collected {
  /** Exporters that hold (a part of) the request now and must be flushed. */
  readonly begun: readonly Exporter[];
  /** What is already known: nothing left to do, or the exporter cannot read it. */
  readonly outcomes: readonly DestinationOutcome[];
}

/** Walks requests; one for the life of a function. */
export class Collector {
  private readonly traces = new TraceWalker();
  private readonly logs = new LogWalker();
  private readonly metrics = new MetricWalker();

  /** @param exporters those of the request's signal that are not through with it */
  collect(request: ExportRequest, exporters: readonly Exporter[], ledger: ProgressLedger): Collected {
    const begun: Exporter[] = [];
    const outcomes: DestinationOutcome[] = [];
    for (const exporter of exporters) {
      const started = begin(exporter, request, ledger);
      if (started === true) begun.push(exporter);
      else outcomes.push(started);
    }
    if (attempt(() => this.walk(request, begun)) === undefined) return ended(begun, outcomes);
    // Somebody cannot read it: each alone, so that only the culprit loses it.
    for (const exporter of begun) exporter.abort();
    const readers: Exporter[] = [];
    for (const exporter of begun) {
      const started = begin(exporter, request, ledger);
      if (started !== true) {
        outcomes.push(started);
        continue;
      }
      const error = attempt(() => this.walk(request, [exporter]));
      if (error === undefined) readers.push(exporter);
      else {
        exporter.abort();
        outcomes.push(unreadable(exporter, error));
      }
    }
    return ended(readers, outcomes);
  }

  private walk(request: ExportRequest, exporters: readonly Exporter[]): void {
    switch (request.signal) {
      case 'traces':
        this.traces.walk(request.otlp, visitors<SpanVisitor>(exporters, 'span'));
        return;
      case 'logs':
        this.logs.walk(request.otlp, visitors<LogVisitor>(exporters, 'logRecord'));
        return;
      case 'metrics':
        this.metrics.walk(request.otlp, visitors<MetricVisitor>(exporters, 'metric'));
        return;
    }
  }
}

/** An exporter is the visitor of its signals' items; one that keeps requests as they are visits none. */
function visitors<V>(exporters: readonly Exporter[], method: keyof V & string): V[] {
  return exporters.filter((exporter) => method in exporter) as unknown as V[];
}

function begin(
  exporter: Exporter,
  request: ExportRequest,
  ledger: ProgressLedger,
): true | DestinationOutcome {
  const { destination } = exporter;
  let started = false;
  const error = attempt(() => {
    started = exporter.begin(request, ledger.progress(request.ingestId, destination));
  });
  if (error !== undefined) {
    exporter.abort();
    return unreadable(exporter, error);
  }
  return started || { destination, kind: 'done' };
}

function ended(walked: readonly Exporter[], known: readonly DestinationOutcome[]): Collected {
  const begun: Exporter[] = [];
  const outcomes = [...known];
  for (const exporter of walked) {
    const error = attempt(() => exporter.end());
    if (error === undefined) begun.push(exporter);
    else {
      exporter.abort();
      outcomes.push(unreadable(exporter, error));
    }
  }
  return { begun, outcomes };
}

function attempt(action: () => void): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function unreadable({ destination }: Exporter, error: Error): DestinationOutcome {
  const reason = error instanceof MalformedError ? 'malformed' : 'encoderFailed';
  // The place of a fault of ours belongs to the message, or nobody can repair it.
  const place = reason === 'encoderFailed' ? (error.stack?.split('\n')[1]?.trim() ?? '') : '';
  return {
    destination,
    kind: 'poison',
    reason,
    message: place === '' ? error.message : `${error.message} ${place}`,
  };
}
