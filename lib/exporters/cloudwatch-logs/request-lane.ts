// One request on its way through the calls of a flush: which of its chunks are sent, and the progress that says so.
import type { ExportOutcome } from '../exporter.ts';
import type { TakenRecords } from './encode.ts';
import type { Chunk } from './plan.ts';
import { ALL, formatProgress, type LogProgress, MAX_REFUSED } from './progress.ts';

export class RequestLane {
  readonly ingestId: string;
  private readonly taken: TakenRecords;
  private readonly chunks: readonly Chunk[];
  /** Numbers of the chunks that are to be sent, rising. */
  private readonly todo: readonly number[];
  private readonly refused: number[] = [];
  private readonly triedBefore: number;
  private place = 0;
  private ended: ExportOutcome | undefined;
  private refusal = '';
  /** Something moved that no progress row says yet. */
  private unnoted = false;
  /** Chunks that an earlier delivery sent and that cannot be told apart any more: planned differently since. */
  readonly repeats: boolean;

  /** @param progress what was noted before; it counts only when it was for the same chunks */
  constructor(ingestId: string, taken: TakenRecords, chunks: readonly Chunk[], progress: LogProgress) {
    this.ingestId = ingestId;
    this.taken = taken;
    this.chunks = chunks;
    const { window } = progress;
    const known = window !== undefined && window.end === taken.to && window.chunks === chunks.length;
    this.triedBefore = known ? window.tried : 0;
    this.repeats = window !== undefined && !known && taken.to > taken.from;
    const again = known ? window.refused : [];
    this.todo = chunks.map((_, number) => number).filter((n) => n >= this.triedBefore || again.includes(n));
  }

  /** The chunk that comes next; undefined when none does. */
  get head(): Chunk | undefined {
    const number = this.todo[this.place];
    return this.ended === undefined && number !== undefined ? this.chunks[number] : undefined;
  }

  /** The head was sent, or there was nothing in it to send. */
  advance(): void {
    this.place += 1;
    this.unnoted = true;
  }

  /** The progress is in its row. */
  noted(): void {
    this.unnoted = false;
  }

  /** The head's stream does not take it now; the others go on. */
  refuse(message: string): void {
    this.refusal = message;
    if (this.refused.length >= MAX_REFUSED) {
      this.stop({ kind: 'retry', reason: 'credentials', message });
      return;
    }
    this.refused.push(this.todo[this.place]!);
    this.advance();
  }

  /** Nothing more is sent for this request. */
  stop(outcome: ExportOutcome): void {
    this.ended ??= outcome;
  }

  /** True when the next walk would do the same again, because nothing was noted. */
  get mustNote(): boolean {
    return this.unnoted && this.outcome.kind === 'partial';
  }

  /** What is to be noted now. */
  get progress(): string {
    const { from, to, last } = this.taken;
    const done = this.place >= this.todo.length;
    if (done && this.refused.length === 0) return last ? ALL : formatProgress({ next: to });
    const tried = Math.max(this.triedBefore, done ? this.chunks.length : this.todo[this.place]!);
    // Chunks refused earlier whose turn has not come again are refused still.
    const open = this.todo.slice(this.place).filter((number) => number < tried);
    const refused = [...this.refused, ...open];
    return formatProgress({ next: from, window: { end: to, chunks: this.chunks.length, tried, refused } });
  }

  get outcome(): ExportOutcome {
    if (this.ended !== undefined) return this.ended;
    if (this.refused.length > 0) return { kind: 'retry', reason: 'credentials', message: this.refusal };
    return this.taken.last ? { kind: 'done' } : { kind: 'partial' };
  }
}
