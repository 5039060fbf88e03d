// One batch through the pipeline: what is reported, hidden, buried and noted.

import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Exporter, ExportOutcome, ExportRequest, FlushContext } from '../../lib/exporters/exporter.ts';
import { PermanentError, RetryableError } from '../../lib/model/errors.ts';
import type { Signal } from '../../lib/model/signal.ts';
import type { TelemetryMessage } from '../../lib/model/telemetry-message.ts';
import { ExportPipeline } from '../../lib/pipeline/export-pipeline.ts';
import type { DeadLetter, QueueRecord } from '../../lib/pipeline/ports.ts';
import { DONE } from '../../lib/pipeline/progress-ledger.ts';
import type { SpanView } from '../../lib/telemetry/span-view.ts';
import { MemoryProgress } from '../support/memory-progress.ts';
import { encodeProtobuf } from '../support/otlp.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const OTLP = encodeProtobuf('traces', {
  resourceSpans: [
    { scopeSpans: [{ spans: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 's' }] }] },
  ],
});

/** A destination that does as it is told. */
class Told implements Exporter {
  readonly destination: Exporter['destination'];
  readonly signals: readonly Signal[] = ['traces', 'logs', 'metrics'];
  readonly sent: string[] = [];
  readonly progress: (string | undefined)[] = [];
  say: (ingestId: string, context: FlushContext) => ExportOutcome | Promise<ExportOutcome> = () => ({
    kind: 'done',
  });
  onSpan: () => void = () => undefined;
  flushes = 0;
  private taken: string[] = [];
  private current: string | undefined;

  constructor(destination: Exporter['destination']) {
    this.destination = destination;
  }

  begin({ ingestId }: ExportRequest, progress: string | undefined): boolean {
    this.current = ingestId;
    this.progress.push(progress);
    return true;
  }

  resource(): void {}

  scope(): void {}

  span(_: SpanView): void {
    this.onSpan();
  }

  end(): void {
    this.taken.push(this.current!);
  }

  abort(): void {
    this.current = undefined;
  }

  async flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>> {
    this.flushes += 1;
    const outcomes = new Map<string, ExportOutcome>();
    for (const ingestId of this.taken.splice(0)) {
      this.sent.push(ingestId);
      outcomes.set(ingestId, await this.say(ingestId, context));
    }
    return outcomes;
  }
}

let xray: Told;
let archive: Told;
let progress: MemoryProgress;
let letters: DeadLetter[];
let hidden: Map<string, number>;
let objects: Map<string, Buffer>;

beforeEach(() => {
  xray = new Told('xray');
  archive = new Told('archive');
  progress = new MemoryProgress();
  letters = [];
  hidden = new Map();
  objects = new Map();
});

const idOf = (n: number) => n.toString(16).padStart(32, '0');

function message(n: number, fields: Partial<TelemetryMessage> = {}): string {
  const full: TelemetryMessage = {
    version: 1,
    ingestId: idOf(n),
    tenant: 'default',
    signal: 'traces',
    encoding: 'gzip',
    decompressedBytes: OTLP.length,
    acceptedAtMs: NOW,
    body: { kind: 'inline', base64: gzipSync(OTLP).toString('base64') },
    ...fields,
  };
  return JSON.stringify(full);
}

function record(messageId: string, body: string, receiveCount = 1): QueueRecord {
  return { messageId, body, receiveCount, receiptHandle: `handle of ${messageId}` };
}

function run(records: QueueRecord[], options: { now?: () => number; deadlineMs?: number } = {}) {
  const pipeline = new ExportPipeline(
    [xray, archive],
    {
      bodies: {
        async load(key) {
          const body = objects.get(key);
          if (body === undefined) throw new PermanentError('notFound', `object ${key} does not exist`);
          return body;
        },
      },
      progress,
      queue: {
        async sendDeadLetter(letter) {
          letters.push(letter);
        },
        async hide(deliveries) {
          for (const { receiptHandle, seconds } of deliveries) hidden.set(receiptHandle, seconds);
        },
      },
    },
    { now: options.now ?? (() => NOW), random: () => 1 },
  );
  return pipeline.run(records, options.deadlineMs ?? NOW + 50_000);
}

const throttled: ExportOutcome = { kind: 'retry', reason: 'throttled', message: 'slow down' };

describe('a message that went everywhere', () => {
  test('is not reported, and nothing is written about it', async () => {
    const { failedMessageIds } = await run([record('a', message(1)), record('b', message(2))]);
    expect(failedMessageIds).toEqual([]);
    expect(xray.sent).toEqual([idOf(1), idOf(2)]);
    expect([xray.flushes, archive.flushes]).toEqual([1, 1]);
    expect([progress.rows.size, letters.length, hidden.size]).toEqual([0, 0, 0]);
  });

  test('twice in one batch is sent once', async () => {
    const { failedMessageIds, counters } = await run([record('a', message(1)), record('b', message(1))]);
    expect(failedMessageIds).toEqual([]);
    expect(xray.sent).toEqual([idOf(1)]);
    expect(counters.total('pipeline', 'repeated', 'sameBatch')).toBe(1);
  });

  test('may have its body beside it', async () => {
    objects.set('pending/2026-11-22/1', gzipSync(OTLP));
    const body = { kind: 'object', key: 'pending/2026-11-22/1', bytes: 500 } as const;
    expect((await run([record('a', message(1, { body }))])).failedMessageIds).toEqual([]);
    expect(archive.sent).toEqual([idOf(1)]);
    expect(objects.has('pending/2026-11-22/1')).toBe(true);
  });
});

describe('a destination that fails', () => {
  test('is retried alone: the others are noted, the message is hidden and reported', async () => {
    xray.say = (ingestId) => (ingestId === idOf(2) ? throttled : { kind: 'done' });
    const first = await run([record('a', message(1)), record('b', message(2))]);
    expect(first.failedMessageIds).toEqual(['b']);
    expect(hidden).toEqual(new Map([['handle of b', 15]]));
    expect([...progress.rows.values()]).toEqual([
      { ingestId: idOf(2), destination: 'archive', progress: DONE, version: 1 },
    ]);
    expect(first.counters.total('xray', 'errors', 'throttled')).toBe(1);
    expect(first.log).toEqual(['message b delivered 1 times goes back: xray: slow down']);

    xray.say = () => ({ kind: 'done' });
    expect((await run([record('b', message(2), 2)])).failedMessageIds).toEqual([]);
    expect(xray.sent).toEqual([idOf(1), idOf(2), idOf(2)]);
    expect(archive.sent).toEqual([idOf(1), idOf(2)]);
  });

  test('backs off further with each delivery, and as long as it asked for', async () => {
    xray.say = () => throttled;
    await run([record('a', message(1), 4)]);
    expect(hidden.get('handle of a')).toBe(120);
    xray.say = () => ({ ...throttled, retryAfterMs: 300_000 });
    await run([record('a', message(1), 4)]);
    expect(hidden.get('handle of a')).toBe(300);
  });

  test('by throwing gives all its requests back', async () => {
    xray.say = () => {
      throw new Error('a bug');
    };
    const { failedMessageIds, log } = await run([record('a', message(1))]);
    expect(failedMessageIds).toEqual(['a']);
    expect(log[0]).toContain('a bug');
  });

  test('that refuses a request for good sends it to the dead-letter queue once the others are through', async () => {
    xray.say = () => ({ kind: 'poison', message: 'never' });
    archive.say = () => throttled;
    expect((await run([record('a', message(1))])).failedMessageIds).toEqual(['a']);
    expect(letters).toEqual([]);
    archive.say = () => ({ kind: 'done' });
    const { failedMessageIds, counters } = await run([record('a', message(1), 2)]);
    expect(failedMessageIds).toEqual([]);
    expect(letters).toEqual([{ body: message(1), reason: 'rejected', detail: 'xray: never' }]);
    expect(counters.total('pipeline', 'dropped', 'rejected')).toBe(1);
    // A redrive asks the destination that refused it, and only that one.
    expect(progress.rows.get(`${idOf(1)}/archive`)?.progress).toBe(DONE);
  });
});

describe('an encoder that cannot read a request', () => {
  test('loses it alone: the others export it, then it is buried with the place of the fault', async () => {
    xray.onSpan = () => {
      throw new TypeError('undefined is not a span');
    };
    const { failedMessageIds } = await run([
      record('a', message(1)),
      record('b', message(2, { signal: 'logs' })),
    ]);
    expect(failedMessageIds).toEqual([]);
    expect(archive.sent).toEqual([idOf(1), idOf(2)]);
    expect(letters).toMatchObject([
      { reason: 'encoderFailed', detail: expect.stringContaining('undefined is not a span') },
    ]);
    expect(letters[0]?.detail).toContain('export-pipeline.test');
  });

  test('because its bytes are no OTLP makes it malformed', async () => {
    const broken = Buffer.from(OTLP);
    broken[1] = 120;
    const body = { kind: 'inline', base64: broken.toString('base64') } as const;
    await run([record('a', message(1, { encoding: 'identity', body }))]);
    expect(letters).toMatchObject([{ reason: 'malformed' }]);
  });
});

describe('poison', () => {
  const inline = (base64: string) => ({ body: { kind: 'inline', base64 } as const });

  test.each<[string, string, string]>([
    ['no JSON', 'hello', 'invalidEnvelope'],
    ['a newer version', message(1).replace('"version":1', '"version":2'), 'unknownVersion'],
    ['a body that is not compressed as it says', message(1, inline('AAAA')), 'malformed'],
    ['a body that unpacks to more than it says', message(1, { decompressedBytes: 3 }), 'tooLarge'],
  ])('%s goes to the dead-letter queue and is not delivered again', async (_, body, reason) => {
    const { failedMessageIds } = await run([record('a', body), record('b', message(2))]);
    expect(failedMessageIds).toEqual([]);
    expect(letters).toEqual([{ body, reason, detail: expect.any(String) }]);
    expect(xray.sent).toEqual([idOf(2)]);
  });

  test('is delivered again when the dead-letter queue does not take it', async () => {
    letters.push = () => {
      throw new RetryableError('unavailable', 'no connection');
    };
    expect((await run([record('a', 'hello')])).failedMessageIds).toEqual(['a']);
  });

  test('a body that is missing is looked for in five deliveries', async () => {
    const body = { kind: 'object', key: 'pending/x', bytes: 5 } as const;
    for (let delivery = 1; delivery < 5; delivery++) {
      expect((await run([record('a', message(1, { body }), delivery)])).failedMessageIds).toEqual(['a']);
    }
    expect(letters).toEqual([]);
    expect((await run([record('a', message(1, { body }), 5)])).failedMessageIds).toEqual([]);
    expect(letters).toMatchObject([{ reason: 'bodyMissing' }]);
  });
});

describe('progress', () => {
  test('that cannot be read keeps everything from being sent', async () => {
    progress.load = async () => {
      throw new RetryableError('unavailable', 'no connection');
    };
    const { failedMessageIds } = await run([record('a', message(1)), record('poison', 'hello')]);
    expect(failedMessageIds).toEqual(['a']);
    expect(xray.sent).toEqual([]);
    expect(letters).toHaveLength(1);
  });

  test('of an exporter comes back to it', async () => {
    progress.write({ ingestId: idOf(1), destination: 'xray', progress: '7 of 9', version: 1 });
    await run([record('a', message(1))]);
    expect(xray.progress).toEqual(['7 of 9']);
  });

  test('taken over by another instance means retry, whatever the exporter says', async () => {
    xray.say = async (ingestId, { saveProgress }) => {
      progress.write({ ingestId, destination: 'xray', progress: '1', version: 1 });
      await saveProgress('xray', [{ ingestId, progress: '1' }]);
      return { kind: 'done' };
    };
    expect((await run([record('a', message(1))])).failedMessageIds).toEqual(['a']);
  });

  test('of a part makes the pipeline walk the request again for that exporter', async () => {
    xray.say = async (ingestId, { saveProgress }) => {
      const part = xray.sent.length;
      await saveProgress('xray', [{ ingestId, progress: String(part) }]);
      return part < 3 ? { kind: 'partial' } : { kind: 'done' };
    };
    expect((await run([record('a', message(1))])).failedMessageIds).toEqual([]);
    expect(xray.progress).toEqual([undefined, '1', '2']);
    expect(archive.sent).toHaveLength(1);
  });
});

describe('time', () => {
  test('that runs out leaves the rest of the batch for another delivery, soon', async () => {
    let clock = NOW;
    archive.say = () => {
      clock += 60_000;
      return { kind: 'done' };
    };
    const large = { decompressedBytes: 20 * 1024 * 1024 };
    const { failedMessageIds } = await run([record('a', message(1, large)), record('b', message(2, large))], {
      now: () => clock,
    });
    expect(failedMessageIds).toEqual(['b']);
    expect(hidden.get('handle of b')).toBe(1);
    expect(xray.sent).toEqual([idOf(1)]);
  });

  test('that runs out between the parts of a request keeps what was sent', async () => {
    let clock = NOW;
    xray.say = async (ingestId, { saveProgress }) => {
      clock += 30_000;
      await saveProgress('xray', [{ ingestId, progress: String(clock - NOW) }]);
      return { kind: 'partial' };
    };
    const { failedMessageIds, counters } = await run([record('a', message(1))], { now: () => clock });
    expect(failedMessageIds).toEqual(['a']);
    expect(counters.total('xray', 'errors', 'outOfTime')).toBe(1);
    expect(progress.rows.get(`${idOf(1)}/xray`)?.progress).toBe('60000');
  });
});
