// An X-Ray that goes on throttling: each delivery gets further, and sends only what X-Ray does not have.
import { beforeEach, describe, expect, test } from 'vitest';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { RetryBudget } from '../../../lib/aws/retry.ts';
import type { ExportRequest } from '../../../lib/exporters/exporter.ts';
import type { XrayExporterOptions } from '../../../lib/exporters/xray/exporter.ts';
import {
  deliver,
  exporterWith,
  hex,
  now,
  progress,
  range,
  request,
  reset,
  service,
  stored,
  total,
} from './deliveries.ts';

beforeEach(reset);

describe('throttling that lasts, with the retry budget used up', () => {
  const worn = (options: Partial<XrayExporterOptions> = {}) => exporterWith(options, new RetryBudget(0));
  const noted = () => [...progress.rows.values()].map((row) => row.progress);

  /** Delivers until nothing comes back. @returns documents put by each delivery */
  async function deliverAll(sent: ExportRequest[], most: number, make = worn): Promise<number[]> {
    const puts: number[] = [];
    let open = sent;
    while (open.length > 0 && puts.length < most) {
      service.calls.length = 0;
      const outcomes = await deliver(open, make(), now + 60_000);
      open = open.filter((_, i) => outcomes[i]!.kind === 'retry');
      puts.push(service.calls.flat().length);
    }
    expect(open).toEqual([]);
    return puts;
  }

  test.each([
    [0.3, 4],
    [0.5, 16],
    [0.8, 80],
  ])('of %f of the calls lets 4,096 spans in within %i deliveries', async (share, most) => {
    const random = new Seeded(7);
    service.fault = () => (random.fraction() < share ? 'throttle' : undefined);
    const sent = range(0, 8).map((i) => request(range(i * 512, i * 512 + 512)));
    await deliverAll(sent, most);
    expect(stored()).toEqual(range(0, 4_096));
    expect(total('sent')).toBe(4_096);
  });

  test('has each delivery send only what is missing', async () => {
    const sent = request(range(0, 1_000));
    service.fault = () => (service.stored.size >= 600 ? 'throttle' : undefined);
    expect(await deliver([sent], worn())).toMatchObject([{ kind: 'retry', reason: 'throttled' }]);
    const before = service.stored.size;
    expect(noted()).toEqual([expect.stringMatching(/^spans=0;docs=1000;ids=[0-9a-f]{16};sent=[\w-]+$/)]);
    service.fault = () => undefined;
    expect(await deliverAll([sent], 1)).toEqual([1_000 - before]);
    expect(total('sent')).toBe(1_000);
  });

  test('writes no row while nothing new got in', async () => {
    const sent = request(range(0, 100));
    service.fault = () => 'throttle';
    await deliver([sent], worn());
    expect(noted()).toEqual([]);
    service.fault = ([first]) => (first!.id === hex(0) ? undefined : 'throttle');
    await deliver([sent], worn());
    const [row] = progress.rows.values();
    await deliver([sent], worn());
    expect([...progress.rows.values()]).toEqual([row]);
  });

  test('is noted in a kilobyte, however many documents there are', async () => {
    const sent = request(range(0, 12_000));
    service.fault = () => (service.stored.size >= 7_000 ? 'throttle' : undefined);
    const quick = () => worn({ segmentsPerSecond: 100_000 });
    await deliver([sent], quick());
    expect(noted()[0]!.length).toBeLessThanOrEqual(1_024);
    const before = service.stored.size;
    service.fault = () => undefined;
    const [puts] = await deliverAll([sent], 1, quick);
    expect(puts).toBeGreaterThanOrEqual(12_000 - before);
    expect(puts).toBeLessThan(12_000 - before + 100);
    expect(stored()).toEqual(range(0, 12_000));
  });

  test('does not take the note of other documents for its own', async () => {
    const sent = request(range(0, 200));
    const other = request(range(1_000, 1_200));
    service.fault = () => (service.stored.size >= 100 ? 'throttle' : undefined);
    await deliver([sent], worn());
    const [row] = progress.rows.values();
    progress.rows.set(`${other.ingestId}/xray`, { ...row!, ingestId: other.ingestId });
    service.fault = () => undefined;
    expect(await deliverAll([other], 1)).toEqual([200]);
  });

  test('does not lose what a row that cannot be written would have said', async () => {
    const sent = request(range(0, 200));
    service.fault = () => (service.stored.size >= 100 ? 'throttle' : undefined);
    progress.save = async (rows) => rows.map(() => 'failed' as const);
    expect(await deliver([sent], worn())).toMatchObject([{ kind: 'retry', reason: 'throttled' }]);
    service.fault = () => undefined;
    expect(await deliverAll([sent], 1)).toEqual([200]);
    expect(stored()).toEqual(range(0, 200));
  });

  test('a request that X-Ray refuses but for what it took before is not poison, its refused segments are counted', async () => {
    service.unprocessed = ({ id }) =>
      id >= hex(50) ? { Id: id, ErrorCode: 'ThrottledException' } : undefined;
    const sent = request(range(0, 60));
    expect(await deliver([sent], worn())).toMatchObject([{ kind: 'retry' }]);
    service.unprocessed = ({ id }) => ({ Id: id, ErrorCode: 'InvalidSegment' });
    expect(await deliver([sent], worn())).toMatchObject([{ kind: 'done' }]);
    expect(total('dropped', 'rejected')).toBe(10);
  });

  test('in the middle of a request that is taken in parts goes on in its part', async () => {
    const random = new Seeded(3);
    service.fault = () => (random.fraction() < 0.5 ? 'throttle' : undefined);
    const puts = await deliverAll([request(range(0, 400))], 60, () => worn({ passBytes: 20_000 }));
    expect(stored()).toEqual(range(0, 400));
    expect(total('sent')).toBe(400);
    expect(puts.length).toBeGreaterThan(1);
  });
});
