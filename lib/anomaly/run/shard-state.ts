// The object of one shard: a head as JSON (who, how far, what is going on) and the detectors' states behind it.
import { PermanentError } from '../../model/errors.ts';
import type { OpenAnomaly } from './metric-status.ts';

/** What is kept of one metric. */
export interface MetricState {
  /** The last row that was judged, epoch milliseconds. */
  readonly lastTime: number;
  /** The excluded periods that its history was learned without; others mean that it is learned anew. */
  readonly excludedKey: string;
  readonly open: OpenAnomaly | undefined;
  /** Of Detector.save. */
  readonly detector: Uint8Array;
}

const SHARD_VERSION = 1;
const HEAD_BYTES = 4;

interface WrittenEntry {
  readonly id: string;
  readonly lastTime: number;
  readonly excludedKey: string;
  readonly open?: OpenAnomaly;
  readonly bytes: number;
}

interface WrittenHead {
  readonly version: number;
  readonly entries: readonly WrittenEntry[];
}

/** @param states by metric id */
export function encodeShard(states: ReadonlyMap<string, MetricState>): Uint8Array {
  const entries = [...states].map(([id, { lastTime, excludedKey, open, detector }]): WrittenEntry => {
    const entry = { id, lastTime, excludedKey, bytes: detector.byteLength };
    return open === undefined ? entry : { ...entry, open };
  });
  const head = Buffer.from(JSON.stringify({ version: SHARD_VERSION, entries } satisfies WrittenHead));
  const size = Buffer.alloc(HEAD_BYTES);
  size.writeUInt32LE(head.byteLength);
  return Buffer.concat([size, head, ...[...states.values()].map(({ detector }) => detector)]);
}

/** @throws PermanentError `malformed` for bytes of another version, or cut short */
export function decodeShard(bytes: Uint8Array): Map<string, MetricState> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { entries, end } = headOf(buffer);
  const states = new Map<string, MetricState>();
  let at = end;
  for (const { id, lastTime, excludedKey, open, bytes: length } of entries) {
    if (at + length > buffer.byteLength) throw damaged('is cut short');
    // A copy, so that numbers in it can be read at any place.
    const detector = Uint8Array.from(buffer.subarray(at, at + length));
    states.set(id, { lastTime, excludedKey, open, detector });
    at += length;
  }
  return states;
}

function headOf(buffer: Buffer): { entries: readonly WrittenEntry[]; end: number } {
  if (buffer.byteLength < HEAD_BYTES) throw damaged('is cut short');
  const end = HEAD_BYTES + buffer.readUInt32LE(0);
  if (end > buffer.byteLength) throw damaged('is cut short');
  let head: WrittenHead;
  try {
    head = JSON.parse(buffer.toString('utf8', HEAD_BYTES, end)) as WrittenHead;
  } catch (cause) {
    throw new PermanentError('malformed', 'detector shard has no readable head', { cause });
  }
  if (head.version !== SHARD_VERSION) {
    throw damaged(`has version ${String(head.version)}, expected ${SHARD_VERSION}`);
  }
  return { entries: head.entries, end };
}

function damaged(what: string): PermanentError {
  return new PermanentError('malformed', `detector shard ${what}`);
}
