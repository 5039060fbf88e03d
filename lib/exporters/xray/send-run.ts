// What became of each document while a batch is sent: taken, to be sent again, refused for good.
import type { ExportOutcome, FlushContext } from '../exporter.ts';
import type { UnprocessedSegment } from './classify.ts';
import type { DocumentList } from './document-list.ts';

const DESTINATION = 'xray';

/** Calls spent in one flush on finding the documents that make X-Ray refuse a whole call. */
const MAX_SEARCH_CALLS = 200;

/** So many throttled answers in a row, with no document taken in between, end a flush: more calls only make it worse. */
const MAX_THROTTLED_IN_A_ROW = 4;

export type RetryOutcome = Extract<ExportOutcome, { kind: 'retry' }>;

/** What became of the documents of a list. */
export interface SendReport {
  /** Why a document is not in X-Ray yet, by its number; a document without entry was taken, or refused for good. */
  readonly failures: ReadonlyMap<number, RetryOutcome>;
  /** Documents that X-Ray refused for good, with its words. */
  readonly rejected: readonly { readonly document: number; readonly message: string }[];
}

/** What is known of the documents while they are sent. */
export class SendRun implements SendReport {
  readonly list: DocumentList;
  readonly context: FlushContext;
  readonly failures = new Map<number, RetryOutcome>();
  readonly rejected: { document: number; message: string }[] = [];
  /** Documents for the next round. */
  unprocessed: number[] = [];
  /** Documents that are to go in calls of their own. */
  readonly single = new Set<number>();
  private searchCalls = MAX_SEARCH_CALLS;
  /** Throttled answers since a document was taken. */
  throttledInARow = 0;
  /** Set when no further call shall be started. */
  stopped: RetryOutcome | undefined;

  constructor(list: DocumentList, context: FlushContext) {
    this.list = list;
    this.context = context;
  }

  fail(documents: readonly number[], outcome: RetryOutcome): void {
    for (const document of documents) this.failures.set(document, outcome);
  }

  stop(documents: readonly number[], outcome: RetryOutcome): void {
    this.stopped = outcome;
    this.fail(documents, outcome);
  }

  /** A call that stayed throttled. One in between is no reason to give up: its documents come into the next round. */
  throttled(documents: readonly number[], outcome: RetryOutcome): void {
    this.throttledInARow++;
    if (this.throttledInARow >= MAX_THROTTLED_IN_A_ROW) {
      this.stop(documents, outcome);
      return;
    }
    this.fail(documents, outcome);
    this.unprocessed.push(...documents);
  }

  reject(document: number, message: string): void {
    this.failures.delete(document);
    this.rejected.push({ document, message });
    this.context.counters.add(DESTINATION, 'dropped', 1, 'rejected');
  }

  /** An accepted call; `left` names what it did not take, undefined when nobody can tell. */
  accept(documents: readonly number[], left: readonly UnprocessedSegment[] | undefined): void {
    if (left === undefined) {
      this.again(documents, {
        kind: 'retry',
        reason: 'unavailable',
        message: 'the answer of X-Ray was unreadable',
      });
      return;
    }
    const byId = new Map(left.map((segment) => [segment.id, segment]));
    // A segment whose id X-Ray could not read may be any: each document then goes alone.
    const nameless = byId.get(undefined);
    let taken = 0;
    for (const document of documents) {
      const segment = byId.get(this.list.id(document)) ?? nameless;
      if (segment === undefined) {
        this.failures.delete(document);
        taken++;
      } else if (segment.verdict === 'rejected' && (segment.id !== undefined || documents.length === 1)) {
        this.reject(document, `${segment.code}: ${segment.message}`);
      } else {
        const reason = segment.verdict === 'throttled' ? 'throttled' : 'unavailable';
        this.again([document], { kind: 'retry', reason, message: `${segment.code}: ${segment.message}` });
      }
    }
    if (nameless !== undefined) for (const document of documents) this.single.add(document);
    if (taken > 0) this.throttledInARow = 0;
    this.context.counters.add(DESTINATION, 'sent', taken);
  }

  /** Something in the call is not accepted: by halves down to the single document. */
  refuse(documents: number[], calls: number[][], message: string): void {
    if (documents.length === 1) {
      this.reject(documents[0] as number, message);
      return;
    }
    this.searchCalls -= 2;
    // When nearly everything is refused it is not for the documents: nothing may be dropped for that.
    if (this.searchCalls < 0) {
      this.stop(documents, { kind: 'retry', reason: 'unavailable', message });
      return;
    }
    const middle = documents.length >> 1;
    calls.push(documents.slice(0, middle), documents.slice(middle));
  }

  private again(documents: readonly number[], outcome: RetryOutcome): void {
    this.fail(documents, outcome);
    this.unprocessed.push(...documents);
    this.context.counters.add(DESTINATION, 'unprocessed', documents.length, outcome.reason);
  }
}
