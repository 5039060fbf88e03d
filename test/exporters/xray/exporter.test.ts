// The exporter against an X-Ray that is strict, throttles, fails, loses answers and leaves segments unprocessed.
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_ATTRIBUTES } from '../../../lib/telemetry/attribute-limit.ts';
import {
  deliver,
  exporterWith,
  hex,
  now,
  progress,
  range,
  request,
  reset,
  START,
  service,
  stored,
  total,
} from './deliveries.ts';

beforeEach(reset);

describe('sending', () => {
  test('fills calls of 50 with the documents of several requests', async () => {
    const sent = [request(range(0, 30)), request(range(30, 70)), request(range(70, 120))];
    expect(await deliver(sent)).toMatchObject([{ kind: 'done' }, { kind: 'done' }, { kind: 'done' }]);
    expect(service.calls.map((ids) => ids.length)).toEqual([50, 50, 20]);
    expect(stored()).toEqual(range(0, 120));
    expect(total('sent')).toBe(120);
  });

  test('makes no call for requests without spans', async () => {
    expect(await deliver([request([])])).toMatchObject([{ kind: 'done' }]);
    expect(service.calls).toEqual([]);
  });

  test('has a few calls in flight, no more', async () => {
    await deliver([request(range(0, 1_000))]);
    expect(service.calls).toHaveLength(20);
    expect(service.mostInFlight).toBe(4);
  });

  test('keeps to its share of the quota', async () => {
    await deliver([request(range(0, 1_000))], exporterWith({ segmentsPerSecond: 100 }));
    expect(stored()).toHaveLength(1_000);
    expect(now - START).toBeGreaterThanOrEqual(9_000);
    expect(now - START).toBeLessThan(40_000);
  });

  test('an exporter that is used again starts empty', async () => {
    const exporter = exporterWith();
    await deliver([request([1])], exporter);
    await deliver([request([2])], exporter);
    expect(service.calls).toEqual([[hex(1)], [hex(2)]]);
  });

  test('a malformed request leaves the others whole', async () => {
    const whole = request([5]);
    const torn = { ...whole, otlp: whole.otlp.subarray(0, whole.otlp.length - 3) };
    const outcomes = await deliver([request([1]), torn, request([2])]);
    expect(outcomes).toMatchObject([{ kind: 'done' }, { kind: 'poison' }, { kind: 'done' }]);
    expect(stored()).toEqual([1, 2]);
  });

  test('spans without ids are counted once, when the request is through', async () => {
    const sent = request([1, 2]);
    const nameless = request([3], { spanId: '' });
    service.fault = () => 'error';
    await deliver([sent, nameless]);
    expect(total('dropped', 'invalidSpanId')).toBe(1);
    service.fault = () => undefined;
    await deliver([sent]);
    expect(total('dropped')).toBe(1);
    expect(stored()).toEqual([1, 2]);
  });

  test('spans with more attributes than are kept are counted, and say how many are missing', async () => {
    const attributes = range(0, MAX_ATTRIBUTES + 3).map((i) => ({ key: `k${i}`, value: { intValue: '1' } }));
    await deliver([request([1], { attributes, droppedAttributesCount: 2 })]);
    expect(total('cut', 'tooManyAttributes')).toBe(1);
    expect(JSON.stringify([...service.stored.values()])).toContain('"dropped_attributes_count":5');
  });

  test('documents that were cut are counted', async () => {
    await deliver([request([1], { traceState: 'x'.repeat(200_000) })]);
    expect(total('cut')).toBe(1);
    expect(stored()).toEqual([1]);
  });
});

describe('unprocessed segments', () => {
  test('that were throttled are sent again until X-Ray takes them', async () => {
    const times = new Map<string, number>();
    service.unprocessed = ({ id }) => {
      const time = (times.get(id) ?? 0) + 1;
      times.set(id, time);
      return [hex(3), hex(60)].includes(id) && time < 3
        ? { Id: id, ErrorCode: 'ThrottledException' }
        : undefined;
    };
    expect(await deliver([request(range(0, 70))])).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual(range(0, 70));
    expect(service.calls.slice(2)).toEqual([
      [hex(3), hex(60)],
      [hex(3), hex(60)],
    ]);
    expect(total('unprocessed', 'throttled')).toBe(4);
    expect(total('sent')).toBe(70);
  });

  test('that stay throttled give back their own request only', async () => {
    service.unprocessed = ({ id }) =>
      id === hex(2) ? { Id: id, ErrorCode: 'ThrottledException' } : undefined;
    const sent = [request([1, 2, 3]), request([4, 5])];
    expect(await deliver(sent)).toMatchObject([{ kind: 'retry', reason: 'throttled' }, { kind: 'done' }]);
    service.unprocessed = () => undefined;
    expect(await deliver([sent[0]!])).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual([1, 2, 3, 4, 5]);
    expect(total('dropped')).toBe(0);
  });

  test('with a code that nobody knows are kept, not dropped', async () => {
    service.unprocessed = ({ id }) => (id === hex(2) ? { Id: id, ErrorCode: 'SomethingNew' } : undefined);
    expect(await deliver([request([1, 2])])).toMatchObject([{ kind: 'retry', reason: 'unavailable' }]);
    expect(total('dropped')).toBe(0);
  });

  test('that are refused for good are dropped and counted, the others are in', async () => {
    service.unprocessed = ({ id }) =>
      id === hex(2) ? { Id: id, ErrorCode: 'InvalidSegment', Message: 'bad name' } : undefined;
    expect(await deliver([request([1, 2, 3])])).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual([1, 3]);
    expect(total('dropped', 'rejected')).toBe(1);
    expect(service.calls).toHaveLength(1);
  });

  test('that are all of a request make it poison, with the words of X-Ray', async () => {
    service.unprocessed = ({ id }) =>
      id < hex(10) ? { Id: id, ErrorCode: 'InvalidSegment', Message: 'bad name' } : undefined;
    const outcomes = await deliver([request([1, 2]), request([11])]);
    expect(outcomes).toMatchObject([
      { kind: 'poison', message: expect.stringContaining('InvalidSegment: bad name') },
      { kind: 'done' },
    ]);
  });

  test('without an id are found by sending each alone', async () => {
    service.unprocessed = ({ id }) => (id === hex(2) ? { ErrorCode: 'InvalidSegment' } : undefined);
    expect(await deliver([request([1, 2, 3])])).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual([1, 3]);
    expect(total('dropped', 'rejected')).toBe(1);
    expect(service.calls.slice(1).map((ids) => ids.length)).toEqual([1, 1, 1]);
  });
});

describe('faults', () => {
  test('throttling and errors are outlasted in place', async () => {
    const attempts = new Map<string, number>();
    service.fault = ([first]) => {
      const attempt = attempts.get(first!.id) ?? 0;
      attempts.set(first!.id, attempt + 1);
      return (['throttle', 'error', 'unreached'] as const)[attempt];
    };
    expect(await deliver([request(range(0, 120))])).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual(range(0, 120));
  });

  test.each([
    ['throttle', 'throttled'],
    ['error', 'unavailable'],
    ['unreached', 'timeout'],
    ['denied', 'credentials'],
    ['expired', 'credentials'],
    ['unreadable', 'unavailable'],
  ] as const)(
    'lasting "%s" gives the requests back as %s, and the next delivery sends them',
    async (fault, reason) => {
      service.fault = () => fault;
      const sent = [request([1, 2]), request([3])];
      expect(await deliver(sent)).toMatchObject([
        { kind: 'retry', reason },
        { kind: 'retry', reason },
      ]);
      service.fault = () => undefined;
      expect(await deliver(sent)).toMatchObject([{ kind: 'done' }, { kind: 'done' }]);
      expect(stored()).toEqual([1, 2, 3]);
      expect(total('dropped')).toBe(0);
    },
  );

  test('throttling that lasts ends the flush early instead of adding to it', async () => {
    service.fault = () => 'throttle';
    await deliver([request(range(0, 2_000))]);
    expect(service.calls.length).toBeLessThan(25);
  });

  test('a call that lost its answer is sent again: the same segments, the same ids', async () => {
    let call = 0;
    service.fault = () => (call++ === 0 ? 'lost' : undefined);
    const failed = request([1], {
      kind: 3,
      parentSpanId: '',
      status: { code: 2, message: 'no' },
      attributes: [{ key: 'aws.span.kind', value: { stringValue: 'LOCAL_ROOT' } }],
    });
    expect(await deliver([failed])).toMatchObject([{ kind: 'done' }]);
    expect(service.calls[1]).toEqual(service.calls[0]);
    expect(service.stored.size).toBe(service.calls[0]!.length);
  });

  test('one document that makes X-Ray refuse the whole call is found and dropped', async () => {
    service.fault = (segments) => (segments.some(({ id }) => id === hex(37)) ? 'refused' : undefined);
    expect(await deliver([request(range(0, 100))])).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual(range(0, 100).filter((id) => id !== 37));
    expect(total('dropped', 'rejected')).toBe(1);
    expect(service.calls.length).toBeLessThan(20);
  });

  test('when everything is refused the search is bounded, and the request comes back', async () => {
    service.fault = () => 'refused';
    const outcomes = await deliver([request(range(0, 5_000))]);
    expect(outcomes).toMatchObject([{ kind: 'retry', reason: 'unavailable' }]);
    expect(service.calls.length).toBeLessThan(400);
  });

  test('no call starts that the deadline would cut off', async () => {
    const outcomes = await deliver([request([1])], exporterWith(), START + 300);
    expect(outcomes).toMatchObject([{ kind: 'retry', reason: 'outOfTime' }]);
    expect(service.calls).toEqual([]);
  });
});

describe('a request larger than a pass', () => {
  const small = () => exporterWith({ passBytes: 20_000 });

  test('is taken in parts, each noted, every segment once', async () => {
    expect(await deliver([request(range(0, 400))], small())).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual(range(0, 400));
    expect(service.calls.flat()).toHaveLength(400);
    expect([...progress.rows.values()].map((row) => row.progress)).toEqual([
      expect.stringMatching(/^spans=\d+$/),
    ]);
  });

  test('goes on where it stopped', async () => {
    const sent = request(range(0, 400));
    service.fault = () => (service.stored.size >= 200 ? 'error' : undefined);
    expect(await deliver([sent], small())).toMatchObject([{ kind: 'retry', reason: 'unavailable' }]);
    const before = service.stored.size;
    service.fault = () => undefined;
    service.calls.length = 0;
    expect(await deliver([sent], small())).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual(range(0, 400));
    expect(service.calls.flat().length).toBeLessThan(400 - before / 2);
  });

  test('gets further with each pass, however small the pass', async () => {
    const outcomes = await deliver([request(range(0, 20))], exporterWith({ passBytes: 1 }));
    expect(outcomes).toMatchObject([{ kind: 'done' }]);
    expect(stored()).toEqual(range(0, 20));
  });
});
