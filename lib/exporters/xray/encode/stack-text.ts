// Stack traces in their final form. The same error is thrown at the same place again and again: what was parsed and
// written once is kept.
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { parseStackTrace } from './stack-traces/parse-stack-trace.ts';
import type { ParsedException, StackFrame } from './stack-traces/parsed-exception.ts';

/** Traces kept, and the longest kept. */
const MAX_KEPT = 128;
const MAX_KEPT_CHARS = 16 * 1024;

/** Frames written of one exception; more do not fit into a document whatever else is in it. */
const MAX_FRAMES = 1_000;

const NOTHING = new Uint8Array(0);

/** One exception of a chain. */
export interface ExceptionText {
  /** `"type":"…","message":"…",` of a cause; empty for the exception that the event names itself. */
  readonly head: Uint8Array;
  /** `"stack":[…],`, with X-Ray's counter of what is missing. */
  readonly stack: Uint8Array;
  /** Place of its cause in the chain. */
  readonly cause: number | undefined;
}

export interface ChainText {
  readonly exceptions: readonly ExceptionText[];
  /** True when not a single frame was found. */
  readonly isUnread: boolean;
}

export class StackTexts {
  private readonly json: JsonBuffer;
  private readonly kept = new Map<string, ChainText>();
  private language: string | undefined;

  constructor(json: JsonBuffer) {
    this.json = json;
  }

  /** @param language `telemetry.sdk.language` of the resource @param stack text of the trace, may be empty */
  of(language: string | undefined, stack: string): ChainText {
    if (language !== this.language || this.kept.size >= MAX_KEPT) {
      this.kept.clear();
      this.language = language;
    }
    const known = this.kept.get(stack);
    if (known !== undefined) return known;
    const made = this.make(parseStackTrace(language, '', '', stack));
    if (stack.length <= MAX_KEPT_CHARS) this.kept.set(stack, made);
    return made;
  }

  private make(chain: readonly ParsedException[]): ChainText {
    const exceptions = chain.map((exception, i) => ({
      head: i === 0 ? NOTHING : this.head(exception),
      stack: exception.frames.length === 0 ? NOTHING : this.stack(exception.frames),
      cause: exception.cause,
    }));
    return { exceptions, isUnread: chain.length === 1 && chain[0]?.frames.length === 0 };
  }

  private head({ type, message }: ParsedException): Uint8Array {
    const members = JSON.stringify({ type: type.toWellFormed(), message: message.toWellFormed() });
    return this.json.token(`${members.slice(1, -1)},`);
  }

  private stack(frames: readonly StackFrame[]): Uint8Array {
    const text = `"stack":${JSON.stringify(frames.slice(0, MAX_FRAMES))},`;
    const missing = frames.length - MAX_FRAMES;
    return this.json.token(missing > 0 ? `${text}"truncated":${missing},` : text);
  }
}
