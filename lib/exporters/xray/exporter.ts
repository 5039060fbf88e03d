// X-Ray as a destination: turns the spans of a batch into documents, sends them 50 a call, and says for each request
// what became of it. Sending a segment again changes nothing, its id is the same: progress is noted where a request is
// taken in parts, and where X-Ray took only some of its documents, so that each delivery has fewer left to send.
import { RetryBudget } from '../../aws/retry.ts';
import type { AwsTransport } from '../../aws/transport.ts';
import { RetryableError } from '../../model/errors.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { SpanView } from '../../telemetry/span-view.ts';
import type { SpanVisitor } from '../../telemetry/walk.ts';
import type { Exporter, ExportOutcome, ExportRequest, FlushContext } from '../exporter.ts';
import { DocumentList, type ListMark } from './document-list.ts';
import { SegmentEncoder } from './encode/segment-encoder.ts';
import { addTaken, formatProgress, noteTaken, parseProgress, type XrayProgress } from './progress.ts';
import { RateLimiter } from './rate-limiter.ts';
import { type CallOptions, SegmentSender } from './send.ts';
import type { RetryOutcome, SendReport } from './send-run.ts';
import type { XraySettings } from './settings.ts';

const DESTINATION = 'xray';

/** Documents held in one pass; a request that brings more is taken in parts. */
const PASS_BYTES = 16 * 1024 * 1024;

/** What is counted of a request once it is through. */
type Tally = Map<string, number>;

interface Taken {
  readonly ingestId: string;
  readonly firstDocument: number;
  endDocument: number;
  /** What earlier passes and deliveries have sent already. */
  readonly before: XrayProgress;
  /** Spans walked over so far. */
  spans: number;
  /** Where the next pass starts; undefined when this one took all. */
  nextSpan: number | undefined;
  readonly tally: Tally;
}

export interface XrayExporterOptions {
  readonly settings: XraySettings;
  readonly transport: AwsTransport;
  readonly calls?: CallOptions;
  /** This instance's share of the region's quota. Default: what the settings say. */
  readonly segmentsPerSecond?: number;
  /** See PASS_BYTES. */
  readonly passBytes?: number;
}

export class XrayExporter implements Exporter, SpanVisitor {
  readonly destination = DESTINATION;
  readonly signals = ['traces'] as const;
  private readonly list = new DocumentList();
  private readonly encoder: SegmentEncoder;
  private readonly sender: SegmentSender;
  private readonly passBytes: number;
  private requests: Taken[] = [];
  private current: Taken | undefined;
  private mark: ListMark | undefined;
  /** Documents of the list that X-Ray has from an earlier delivery. */
  private readonly taken = new Set<number>();

  constructor(options: XrayExporterOptions) {
    const {
      settings,
      transport,
      calls,
      segmentsPerSecond = settings.segmentsPerSecond,
      passBytes = PASS_BYTES,
    } = options;
    const { list } = this;
    this.encoder = new SegmentEncoder(list.json, settings, {
      open: () => list.open(),
      close: (start) => list.close(start),
      reject: (reason) => this.count(`dropped ${reason}`),
      cut: () => this.count('cut'),
    });
    const limiter = new RateLimiter(segmentsPerSecond);
    this.sender = new SegmentSender(transport, limiter, calls ?? { budget: new RetryBudget() });
    this.passBytes = passBytes;
  }

  begin(request: ExportRequest, progress: string | undefined): boolean {
    this.mark = this.list.mark();
    this.current = {
      ingestId: request.ingestId,
      firstDocument: this.list.count,
      endDocument: this.list.count,
      before: parseProgress(progress),
      spans: 0,
      nextSpan: undefined,
      tally: new Map(),
    };
    return true;
  }

  resource(resource: ResourceView): void {
    this.encoder.resource(resource);
  }

  scope(scope: ScopeView): void {
    this.encoder.scope(scope);
  }

  span(span: SpanView): void {
    const { current, list } = this;
    if (current === undefined || current.nextSpan !== undefined) return;
    const ordinal = current.spans++;
    if (ordinal < current.before.spans) return;
    // Each pass gets further by one span at least, however full the list is.
    if (list.bytes > this.passBytes && list.count > current.firstDocument) current.nextSpan = ordinal;
    else {
      this.encoder.span(span);
      if (span.attributes.excess > 0) this.count('cut tooManyAttributes');
    }
  }

  end(): void {
    const { current, list } = this;
    if (current === undefined) return;
    current.endDocument = list.count;
    const { taken } = current.before;
    if (taken !== undefined) addTaken(taken, list, current.firstDocument, list.count, this.taken);
    this.requests.push(current);
    this.current = undefined;
  }

  abort(): void {
    if (this.mark !== undefined) this.list.cutBack(this.mark);
    this.current = undefined;
  }

  async flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>> {
    const requests = this.requests;
    this.requests = [];
    try {
      const report = await this.sender.send(this.list, context, this.taken);
      const outcomes = new Map<string, ExportOutcome>();
      for (const request of requests) outcomes.set(request.ingestId, outcomeOf(request, report));
      for (const request of requests)
        if (isThrough(outcomes.get(request.ingestId))) countTally(request.tally, context);
      await notePartial(requests, outcomes, context);
      await this.saveTaken(requests, outcomes, report, context);
      return outcomes;
    } finally {
      this.list.clear();
      this.taken.clear();
    }
  }

  /**
   * Notes which documents X-Ray took of requests that come again. Best effort: without the note, or with one that
   * another instance overwrote, documents are sent once more, which changes nothing.
   */
  private async saveTaken(
    requests: readonly Taken[],
    outcomes: ReadonlyMap<string, ExportOutcome>,
    report: SendReport,
    { saveProgress }: FlushContext,
  ): Promise<void> {
    const rejected = new Set(report.rejected.map(({ document }) => document));
    const isTaken = (document: number) => !report.failures.has(document) && !rejected.has(document);
    const entries: { ingestId: string; progress: string }[] = [];
    for (const { ingestId, firstDocument, endDocument, before } of requests) {
      if (outcomes.get(ingestId)?.kind !== 'retry' || !this.hasNews(firstDocument, endDocument, isTaken))
        continue;
      const taken = noteTaken(this.list, firstDocument, endDocument, isTaken);
      if (taken !== undefined)
        entries.push({ ingestId, progress: formatProgress({ spans: before.spans, taken }) });
    }
    if (entries.length === 0) return;
    try {
      await saveProgress(DESTINATION, entries);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
    }
  }

  /** True when X-Ray took a document that it did not have from an earlier delivery. */
  private hasNews(first: number, end: number, isTaken: (document: number) => boolean): boolean {
    for (let document = first; document < end; document++)
      if (isTaken(document) && !this.taken.has(document)) return true;
    return false;
  }

  private count(what: string): void {
    const { current } = this;
    current?.tally.set(what, (current.tally.get(what) ?? 0) + 1);
  }
}

function isThrough(outcome: ExportOutcome | undefined): boolean {
  return outcome?.kind === 'done' || outcome?.kind === 'partial';
}

/** Counts what was left out or cut: once, when the request is through. */
function countTally(tally: Tally, { counters }: FlushContext): void {
  for (const [what, count] of tally) {
    const [name = what, reason] = what.split(' ');
    counters.add(DESTINATION, name, count, reason);
  }
}

/**
 * Done when all segments are in X-Ray or refused for good. A request of which X-Ray refused every segment is poison:
 * it is kept apart with the reason, rather than dropped as a whole.
 */
function outcomeOf({ firstDocument, endDocument, nextSpan }: Taken, report: SendReport): ExportOutcome {
  let failure: RetryOutcome | undefined;
  for (let document = firstDocument; document < endDocument; document++) {
    const found = report.failures.get(document);
    if (found !== undefined && (failure === undefined || found.reason === 'throttled')) failure = found;
  }
  if (failure !== undefined) return failure;
  const rejected = report.rejected.filter(
    ({ document }) => document >= firstDocument && document < endDocument,
  );
  if (nextSpan !== undefined) return { kind: 'partial' };
  if (rejected.length > 0 && rejected.length === endDocument - firstDocument) {
    return { kind: 'poison', message: `X-Ray refused every segment: ${rejected[0]?.message}` };
  }
  return { kind: 'done' };
}

/** Requests taken in part go on behind their last span that was sent. */
async function notePartial(
  requests: readonly Taken[],
  outcomes: Map<string, ExportOutcome>,
  context: FlushContext,
): Promise<void> {
  const partial = requests.filter(({ ingestId }) => outcomes.get(ingestId)?.kind === 'partial');
  if (partial.length === 0) return;
  const entries = partial.map(({ ingestId, nextSpan = 0 }) => ({
    ingestId,
    progress: formatProgress({ spans: nextSpan, taken: undefined }),
  }));
  try {
    const lost = await context.saveProgress(DESTINATION, entries);
    for (const ingestId of lost ?? []) {
      outcomes.set(ingestId, {
        kind: 'retry',
        reason: 'conflict',
        message: 'another instance has taken the request',
      });
    }
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    const outcome = { kind: 'retry' as const, reason: error.reason, message: error.message };
    for (const { ingestId } of partial) outcomes.set(ingestId, outcome);
  }
}
