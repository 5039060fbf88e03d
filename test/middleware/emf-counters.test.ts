import { describe, expect, it } from 'vitest';
import { emfCounters, emfLines } from '../../lib/middleware/emf-counters.ts';

const COUNTED = {
  counts: [
    { name: 'rejectedItems', count: 2, reason: 'invalidTraceId' },
    { name: 'rejectedItems', count: 1, reason: 'invalidSpanId' },
  ],
  facts: { status: 200, keyId: 'abc', signal: undefined },
};

describe('emfLines', () => {
  it('writes a line a count, by receiver and by receiver and reason, with the facts as plain properties', () => {
    const lines = emfLines('otlp', COUNTED, 5).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      [
        ['invalidTraceId', 2],
        ['invalidSpanId', 1],
      ].map(([reason, count]) => ({
        _aws: {
          Timestamp: 5,
          CloudWatchMetrics: [
            {
              Namespace: 'Tidewatch',
              Dimensions: [['Receiver'], ['Receiver', 'Reason']],
              Metrics: [{ Name: 'rejectedItems', Unit: 'Count' }],
            },
          ],
        },
        status: 200,
        keyId: 'abc',
        Receiver: 'otlp',
        Reason: reason,
        rejectedItems: count,
      })),
    );
  });
});

describe('emfCounters', () => {
  it('writes nothing when nothing was counted or there is no outcome', () => {
    const written: string[] = [];
    const middleware = emfCounters({
      receiver: 'otlp',
      write: (text) => void written.push(text),
      now: () => 0,
    });
    for (const response of [undefined, null, { counts: [], facts: {} }]) {
      middleware.after?.({ response } as never);
      middleware.onError?.({ response } as never);
    }
    expect(written).toEqual([]);
    middleware.onError?.({ response: COUNTED } as never);
    expect(written).toHaveLength(1);
  });
});
