// Stack traces in their final form. The same error is thrown at the same place again and again: what was parsed and
// written once is kept.
import type { WireCursor } from '../../../wire/cursor.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { parseStackTrace } from './stack-traces/parse-stack-trace.ts';
import type { ParsedException, StackFrame } from './stack-traces/parsed-exception.ts';

/** Traces kept, and the longest kept. */
const MAX_KEPT = 128;
const MAX_KEPT_BYTES = 16 * 1024;
/** Bytes that are looked at to find a kept trace. */
const SAMPLES = 16;

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

interface Kept {
  readonly bytes: Buffer;
  readonly chain: ChainText;
}

export class StackTexts {
  private readonly json: JsonBuffer;
  private readonly kept = new Map<number, Kept>();
  private language: string | undefined;

  constructor(json: JsonBuffer) {
    this.json = json;
  }

  /** @param language `telemetry.sdk.language` of the resource @param start @param end text of the trace, may be empty */
  of(language: string | undefined, cursor: WireCursor, start: number, end: number): ChainText {
    if (language !== this.language || this.kept.size >= MAX_KEPT) {
      this.kept.clear();
      this.language = language;
    }
    const { bytes } = cursor;
    const sample = sampleOf(bytes, start, end);
    const known = this.kept.get(sample);
    if (known !== undefined && bytes.compare(known.bytes, 0, known.bytes.length, start, end) === 0)
      return known.chain;
    const chain = this.make(parseStackTrace(language, '', '', cursor.text(start, end)));
    if (end - start <= MAX_KEPT_BYTES)
      this.kept.set(sample, { bytes: Buffer.from(bytes.subarray(start, end)), chain });
    return chain;
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

/** A number that tells most texts apart by their length and a few of their bytes. */
function sampleOf(bytes: Buffer, start: number, end: number): number {
  const step = Math.max(1, ((end - start) / SAMPLES) | 0);
  let hash = end - start;
  for (let i = start; i < end; i += step) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  return hash;
}
