// Counts against a recount by hand: random requests of several services, in one delivery or torn into many.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Span } from '../../../bench/payloads/otlp-json.ts';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import type { ExportRequest } from '../../../lib/exporters/exporter.ts';
import { MAX_SERVICES } from '../../../lib/exporters/span-metrics/encode.ts';
import {
  MAX_NAMES_PER_REQUEST,
  MAX_NAMES_PER_SERVICE,
} from '../../../lib/exporters/span-metrics/service-counts.ts';
import {
  CLIENT,
  count,
  deliver,
  exporterWith,
  NOW,
  operations,
  progress,
  request,
  requestOf,
  reset,
  SERVER,
  served,
  service,
  span,
} from './deliveries.ts';

beforeEach(reset);

const MINUTE_MS = 60_000;

/** Sums by `metric service name minute`; durations by how many. */
type Sums = Map<string, number>;

function add(sums: Sums, metric: string, its: string, name: string, minuteMs: number, more: number): void {
  const key = `${metric} ${its} ${name} ${minuteMs}`;
  sums.set(key, (sums.get(key) ?? 0) + more);
}

function storedSums(): Sums {
  const sums: Sums = new Map();
  for (const { datum } of service.stored) {
    const [its, name] = datum.Dimensions.map(({ Value }) => Value);
    const value = datum.Value ?? datum.Counts!.reduce((sum, more) => sum + more, 0);
    add(sums, datum.MetricName, its!, name!, Number(datum.Timestamp) * 1000, value);
  }
  return sums;
}

interface Made {
  readonly service: string;
  readonly isServed: boolean;
  readonly name: string;
  readonly minuteMs: number;
  readonly status: number;
  readonly failed: boolean;
  readonly hasStart: boolean;
}

/** The rules once more, as a person would count. */
function recount(made: readonly Made[], nameOf: (span: Made) => string = ({ name }) => name): Sums {
  const sums: Sums = new Map();
  for (const one of made) {
    const { isServed, minuteMs, status, failed, hasStart } = one;
    const isHttpFailure = status >= 400 && status < 600;
    const fault = isHttpFailure ? status >= 500 : failed;
    const put = (metric: string, more: number) => add(sums, metric, one.service, nameOf(one), minuteMs, more);
    put(isServed ? 'Requests' : 'Calls', 1);
    put(isServed ? 'Faults' : 'CallFaults', fault ? 1 : 0);
    if (isServed) put('Errors', isHttpFailure && status < 500 ? 1 : 0);
    if (isServed && hasStart) put('Duration', 1);
  }
  return sums;
}

const STATUSES = [200, 200, 204, 302, 400, 404, 429, 500, 503];

/** A request of random spans, and what they are. */
function arbitraryRequest(random: Seeded, names: number): { request: ExportRequest; made: Made[] } {
  const made: Made[] = [];
  const services = Array.from({ length: 1 + random.below(5) }, (_, i): [string, Span[]] => {
    const its = `service ${(i + random.below(3)) % 5}`;
    const spans = Array.from({ length: random.below(80) }, () => {
      const isServed = random.chance(0.6);
      const minuteMs = NOW - MINUTE_MS * (1 + random.below(4));
      const status = random.pick(STATUSES);
      const failed = random.chance(0.2);
      const hasStart = random.chance(0.9);
      const name = isServed ? `GET /r${random.below(names)}` : `remote${random.below(names)}`;
      made.push({ service: its, isServed, name, minuteMs, status, failed, hasStart });
      const endMs = minuteMs + random.below(MINUTE_MS);
      return span(
        isServed ? SERVER : CLIENT,
        isServed
          ? { 'http.request.method': 'GET', 'http.route': name.slice(4), 'http.response.status_code': status }
          : { 'server.address': name, 'http.response.status_code': status },
        0,
        {
          startTimeUnixNano: hasStart ? `${endMs - random.below(5_000)}000000` : '0',
          endTimeUnixNano: `${endMs}000000`,
          ...(failed && { status: { code: 2 } }),
        },
      );
    });
    return [its, spans];
  });
  return { request: requestOf(services), made };
}

describe('counts of random requests equal a recount', () => {
  test.each([1, 2, 3, 4, 5, 6])('in one delivery (seed %i)', async (seed) => {
    const random = new Seeded(seed);
    const all = Array.from({ length: 6 }, () => arbitraryRequest(random, 40));
    const made = all.flatMap((one) => one.made);
    await deliver(all.map((one) => one.request));
    expect(storedSums()).toEqual(recount(made));
    expect(count('counted')).toBe(made.length);
  });

  test.each([1, 2, 3, 4, 5, 6])('in deliveries that fail now and then (seed %i)', async (seed) => {
    const random = new Seeded(100 + seed);
    const all = Array.from({ length: 12 }, () => arbitraryRequest(random, 200));
    service.fault = () => random.pick([undefined, 'throttle', 'error', 'unreached', 'throttle'] as const);
    let open = all.map((one) => one.request);
    for (let round = 0; open.length > 0 && round < 200; round++) {
      const outcomes = await deliver(open);
      open = open.filter((_, i) => outcomes[i]!.kind === 'retry');
    }
    expect(open).toEqual([]);
    expect(storedSums()).toEqual(recount(all.flatMap((one) => one.made)));
    expect(count('counted')).toBe(all.flatMap((one) => one.made).length);
  });

  test.each([1, 2, 3])('with few places a service, the rest under _other (seed %i)', async (seed) => {
    const random = new Seeded(200 + seed);
    const all = Array.from({ length: 6 }, () => arbitraryRequest(random, 30));
    const made = all.flatMap((one) => one.made);
    await deliver(
      all.map((one) => one.request),
      exporterWith({ maxOperationsPerService: 4 }),
    );
    const seats = new Map<string, Set<string>>();
    const nameOf = ({ service: its, isServed, name }: Made) => {
      const key = `${its} ${isServed}`;
      const taken = seats.get(key) ?? new Set();
      seats.set(key, taken);
      if (taken.size < 4) taken.add(name);
      return taken.has(name) ? name : '_other';
    };
    expect(storedSums()).toEqual(recount(made, nameOf));
    expect(count('capped')).toBe(made.filter((one) => nameOf(one) === '_other').length);
  });
});

describe('a request that is sent in part', () => {
  const routes = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => served(`/r${from + i}`));
  const big = () =>
    requestOf(
      ['a', 'b', 'c', 'd'].map((its): [string, Span[]] => [its, [...routes(0, 150), ...routes(0, 150)]]),
    );
  const total = (metric: string) =>
    service.stored.reduce((sum, { datum }) => sum + (datum.MetricName === metric ? datum.Value! : 0), 0);

  test.each([
    ['other names took the places', (name: string) => `new ${name}`],
    ['the places became free', () => undefined],
  ])('keeps the places it was begun with although %s', async (_, rename) => {
    const sent = big();
    service.fault = (_call, number) => (number === 1 ? undefined : 'throttle');
    const capped = () => exporterWith({ maxOperationsPerService: 100 });
    expect(await deliver([sent], capped())).toMatchObject([{ kind: 'retry', reason: 'throttled' }]);
    const [before] = [...progress.rows.values()].map((row) => row.progress);
    expect(before).toMatch(/^[0-9a-f]{8}\.[\w-]+:\d+$/);
    for (const [key, { days, version }] of operations.rows) {
      const others = [...days].flatMap(([name, day]): [string, number][] => {
        const other = rename(name);
        return other === undefined ? [] : [[other, day]];
      });
      operations.rows.set(key, { days: new Map(others), version: version + 1 });
    }
    service.fault = () => undefined;
    expect(await deliver([sent], capped())).toMatchObject([{ kind: 'done' }]);
    expect(total('Requests')).toBe(1_200);
    const byName = storedSums();
    const minuteMs = NOW - MINUTE_MS;
    for (const its of ['a', 'b', 'c', 'd']) {
      expect(byName.get(`Requests ${its} GET /r99 ${minuteMs}`)).toBe(2);
      expect(byName.get(`Requests ${its} _other ${minuteMs}`)).toBe(100);
      expect(byName.has(`Requests ${its} GET /r100 ${minuteMs}`)).toBe(false);
    }
    expect(count('capped', 'operations')).toBe(400);
    expect(count('repeated')).toBe(0);
  });

  test('says nothing of places when all names have one', async () => {
    service.fault = (_, number) => (number === 1 ? undefined : 'throttle');
    await deliver([big()]);
    expect([...progress.rows.values()][0]!.progress).toMatch(/^[0-9a-f]{8}:\d+$/);
  });

  test('with other settings is counted anew, and that is told', async () => {
    const sent = big();
    service.fault = (_, number) => (number === 1 ? undefined : 'throttle');
    await deliver([sent]);
    const before = service.stored.length;
    service.fault = () => undefined;
    expect(await deliver([sent], exporterWith({ namespace: 'Other' }))).toMatchObject([{ kind: 'done' }]);
    expect(count('repeated', 'plannedAnew')).toBe(before);
  });
});

describe('bounds', () => {
  test('services above the cap are one together, and told', async () => {
    const services = Array.from({ length: MAX_SERVICES + 5 }, (_, i): [string, Span[]] => [
      `s${i}`,
      [served('/a'), span(CLIENT, { 'server.address': 'db' })],
    ]);
    const again: [string, Span[]] = ['s0', [served('/a')]];
    await deliver([requestOf([...services, again])]);
    const sums = storedSums();
    const minuteMs = NOW - MINUTE_MS;
    expect(sums.get(`Requests s0 GET /a ${minuteMs}`)).toBe(2);
    expect(sums.get(`Requests s${MAX_SERVICES - 1} GET /a ${minuteMs}`)).toBe(1);
    expect(sums.has(`Requests s${MAX_SERVICES} GET /a ${minuteMs}`)).toBe(false);
    expect(sums.get(`Requests _other _other ${minuteMs}`)).toBe(5);
    expect(sums.get(`Calls _other _other ${minuteMs}`)).toBe(5);
    expect(count('capped', 'services')).toBe(10);
    expect(count('counted')).toBe(2 * (MAX_SERVICES + 5) + 1);
  });

  test('names of one service above the cap of a request are one together, and told', async () => {
    const spans = Array.from({ length: MAX_NAMES_PER_SERVICE + 7 }, (_, i) => served(`/r${i}`));
    await deliver(
      [request([...spans, served('/r3'), served(`/r${MAX_NAMES_PER_SERVICE}`)])],
      exporterWith({ maxOperationsPerService: 5_000 }),
    );
    const sums = storedSums();
    const minuteMs = NOW - MINUTE_MS;
    expect(sums.get(`Requests shop GET /r3 ${minuteMs}`)).toBe(2);
    expect(sums.get(`Requests shop _other ${minuteMs}`)).toBe(8);
    expect(count('capped', 'operations')).toBe(8);
  });

  test('names of all services of a request are bounded, and so is what is noted of them', async () => {
    const services = Array.from({ length: 7 }, (_, s): [string, Span[]] => [
      `s${s}`,
      Array.from({ length: 800 }, (_unused, i) => served(`/r${i}`)),
    ]);
    service.fault = (_, number) => (number === 1 ? undefined : 'throttle');
    const sent = requestOf(services);
    await deliver([sent], exporterWith({ maxOperationsPerService: 700 }));
    const [note] = [...progress.rows.values()].map((row) => row.progress);
    expect(note!.length).toBeLessThanOrEqual(1_024);
    service.fault = () => undefined;
    await deliver([sent], exporterWith({ maxOperationsPerService: 700 }));
    const requests = [...storedSums()].filter(([key]) => key.startsWith('Requests'));
    expect(requests.reduce((sum, [, value]) => sum + value, 0)).toBe(5_600);
    expect(count('capped', 'operations')).toBe(5_600 - 6 * 700 - (MAX_NAMES_PER_REQUEST - 6 * 800));
  });
});
