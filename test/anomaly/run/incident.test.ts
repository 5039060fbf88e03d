// Incidents: what belongs together, how loud it is, what becomes of it; and the words an alert uses.
import { describe, expect, test } from 'vitest';
import { anomalyType } from '../../../lib/anomaly/run/anomaly-type.ts';
import { type Incident, type KnownAnomaly, nextIncidents } from '../../../lib/anomaly/run/incident.ts';
import { tellOpen, tellResolved } from '../../../lib/anomaly/run/incident-alerts.ts';
import { symptomOf } from '../../../lib/anomaly/run/symptom.ts';
import { goingOn } from '../../../lib/anomaly/run/update-incidents.ts';
import { identity } from '../../../lib/anomaly/watch/watched-metrics.ts';
import { START, STEP } from './story.ts';

const MINUTE = 60_000;
const settings = { groupWithinMs: 15 * MINUTE };

function anomaly(
  component: string,
  minutes: number,
  more: { metric?: string; certain?: boolean; value?: number; severity?: KnownAnomaly['severity'] } = {},
): KnownAnomaly {
  const { metric = 'Latency', certain = false, value = 500, severity = 'ticket' } = more;
  return {
    id: `${component} ${metric}`,
    component,
    metric: identity('Shop', metric, { service: component }),
    statistic: 'p95',
    every: '5m',
    shard: 'anomaly/shards/5m-0000',
    severity,
    anomaly: {
      startedAt: START + minutes * MINUTE,
      lastAt: START + minutes * MINUTE,
      score: 0.8,
      certain,
      value,
      expected: 100,
      low: 80,
      high: 120,
      reach: 20,
      leading: null,
      calmRows: 0,
    },
  };
}

const edges = [
  { caller: 'checkout', callee: 'payments' },
  { caller: 'payments', callee: 'ledger' },
];
const open = (before: readonly Incident[], ...anomalies: KnownAnomaly[]) =>
  nextIncidents(before, anomalies, edges, settings).open;

describe('incidents', () => {
  test('are one for anomalies that start together on connected components, and one each for others', () => {
    const together = open([], anomaly('checkout', 0), anomaly('ledger', 10), anomaly('search', 0));
    expect(together.map(({ members }) => members.length).toSorted()).toEqual([1, 2]);
    expect(open([], anomaly('checkout', 0), anomaly('payments', 20))).toHaveLength(2);
  });

  test('keep their id, beginning and members while one of them goes on', () => {
    const [first] = open([], anomaly('checkout', 0), anomaly('payments', 5));
    const [second] = open([first!], anomaly('payments', 5));
    expect(second).toMatchObject({ id: first!.id, startedAt: START, members: first!.members });
  });

  test('take in what starts later on one of their components', () => {
    const [first] = open([], anomaly('checkout', 0));
    const [later] = open([first!], anomaly('checkout', 0), anomaly('checkout', 60, { metric: 'Errors' }));
    expect(later?.id).toBe(first?.id);
    expect(later?.members).toHaveLength(2);
  });

  test('that turn out to be one become the older one; the other is resolved and says where it went', () => {
    const [checkout] = open([], anomaly('checkout', 0));
    const [ledger] = open([], anomaly('ledger', 14));
    const step = nextIncidents(
      [checkout!, ledger!],
      [anomaly('checkout', 0), anomaly('ledger', 14), anomaly('payments', 7)],
      edges,
      settings,
    );
    expect(step.open.map(({ id }) => id)).toEqual([checkout?.id]);
    expect(step.resolved).toMatchObject([
      { incident: { id: ledger?.id }, because: `it is part of incident ${checkout?.id}` },
    ]);
  });

  test('that become one keep every metric that is going on, in whatever order their groups come', () => {
    const [a] = open([], anomaly('a', 0));
    const [b] = open([], anomaly('b', 1), anomaly('b', 1, { metric: 'Old' }));
    const [z] = open([], anomaly('z', -60));
    // The first group belongs to b alone, the second makes b part of a, the third makes a part of z.
    const going = [
      anomaly('b', 1),
      anomaly('b', 2, { metric: 'New' }),
      anomaly('a', 100),
      anomaly('b', 100, { metric: 'Old' }),
      anomaly('a', 200, { metric: 'Errors' }),
      anomaly('z', 200),
    ];
    const link = [
      { caller: 'a', callee: 'b' },
      { caller: 'a', callee: 'z' },
    ];
    const before = [
      a!,
      b!,
      { ...z!, members: [...z!.members, 'a Errors'] },
      { ...a!, id: 'also', members: ['a Errors'] },
    ];
    const step = nextIncidents(before, going, link, settings);
    expect(step.open.flatMap(({ members }) => members)).toEqual(
      expect.arrayContaining(going.map(({ id }) => id)),
    );
    const openIds = step.open.map(({ id }) => id);
    for (const { because } of step.resolved) expect(openIds).toContain(because.split(' ').at(-1));
  });

  test('of ten thousand metrics are found, told and small', () => {
    const many = Array.from({ length: 10_000 }, (_, at) =>
      anomaly(`service-${at % 50}`, at % 10, { metric: `M${at}` }),
    );
    const calls = Array.from({ length: 49 }, (_, at) => ({
      caller: `service-${at}`,
      callee: `service-${at + 1}`,
    }));
    const { open: incidents } = nextIncidents([], many, calls, settings);
    expect(incidents).toHaveLength(1);
    const told = tellOpen(nextIncidents(incidents, many, calls, settings).open, many, START);
    expect(told.incidents[0]!.sentKey.length).toBeLessThan(100);
    expect(JSON.stringify(told.alerts).length).toBeLessThan(10_000);
  });

  test('are over when nothing of them goes on', () => {
    const [first] = open([], anomaly('checkout', 0));
    expect(nextIncidents([first!], [], edges, settings).resolved).toMatchObject([
      { because: 'all metrics are back to usual' },
    ]);
  });
});

describe('severity', () => {
  test.each([
    ['one head of one metric is a step below what is configured', [anomaly('a', 0)], 'info'],
    ['both heads are what is configured', [anomaly('a', 0, { certain: true })], 'ticket'],
    ['two components are what is configured', [anomaly('checkout', 0), anomaly('payments', 0)], 'ticket'],
    [
      'three metrics are what is configured',
      ['A', 'B', 'C'].map((metric) => anomaly('a', 0, { metric })),
      'ticket',
    ],
    [
      'the loudest metric counts',
      [anomaly('a', 0, { certain: true, severity: 'page' }), anomaly('a', 0, { metric: 'B' })],
      'page',
    ],
    ['info has no step below', [anomaly('a', 0, { severity: 'info' })], 'info'],
  ] as const)('%s', (_name, anomalies, expected) => {
    expect(open([], ...anomalies).map(({ severity }) => severity)).toEqual([expected]);
  });

  test('never falls, and its rise ends the quieter alert', () => {
    const [quiet] = open([], anomaly('a', 0));
    const first = tellOpen([quiet!], [anomaly('a', 0)], START);
    const [loud] = open(first.incidents, anomaly('a', 0, { certain: true }));
    const second = tellOpen([loud!], [anomaly('a', 0, { certain: true })], START + STEP);
    expect(second.alerts.map(({ labels, endsAt }) => [labels.severity, endsAt > START + STEP])).toEqual([
      ['info', false],
      ['ticket', true],
    ]);
    expect(open(second.incidents, anomaly('a', 0))[0]?.severity).toBe('ticket');
  });
});

describe('an alert', () => {
  const [incident] = open([], anomaly('checkout', 0), anomaly('payments', 0));
  const members = [anomaly('checkout', 0), anomaly('payments', 0)];

  test('is sent when it is new, every five minutes, and when what it says changes', () => {
    const first = tellOpen([incident!], members, START);
    expect(first.alerts).toHaveLength(1);
    expect(tellOpen(first.incidents, members, START + MINUTE).alerts).toEqual([]);
    expect(tellOpen(first.incidents, members, START + STEP).alerts).toHaveLength(1);
    const causes = [{ component: 'payments', score: 0.9, reasons: ['slow'] }];
    const investigated = first.incidents.map((one) => ({
      ...one,
      investigation: { causes, changes: [], relation: undefined },
    }));
    expect(tellOpen(investigated, members, START + MINUTE).alerts).toHaveLength(1);
  });

  test('is not taken back by a run that comes late', () => {
    const first = tellOpen([incident!], members, START + 60 * MINUTE);
    const changed = first.incidents.map((one) => ({ ...one, severity: 'page' as const }));
    const late = tellOpen(changed, members, START);
    expect(late.alerts.map(({ endsAt }) => endsAt - START)).toEqual([60 * MINUTE, 75 * MINUTE]);
    expect(late.incidents[0]?.sentAt).toBe(START + 60 * MINUTE);
    const [over] = tellResolved([{ incident: first.incidents[0]!, because: 'over' }], START);
    expect(over?.endsAt).toBe(START + 60 * MINUTE);
  });

  test('fits into a message, whatever the metrics are called', () => {
    const dimensions = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`d${at}`, String.fromCodePoint(0x1f600 + at).repeat(512)]),
    );
    const long = Array.from({ length: 12 }, (_, at) => ({
      ...anomaly('checkout', 0, { metric: `M${at}` }),
      metric: identity('Shop', `M${at}`, dimensions),
    }));
    const { alerts } = tellOpen([{ ...incident!, members: long.map(({ id }) => id) }], long, START);
    expect(Buffer.byteLength(JSON.stringify(alerts[0]))).toBeLessThan(200_000);
    for (const text of Object.values(alerts[0]!.annotations)) expect(text.isWellFormed()).toBe(true);
  });

  test('that was never sent needs no end', () => {
    expect(tellResolved([{ incident: incident!, because: 'over' }], START)).toEqual([]);
  });

  test('stays small however many services take part', () => {
    const many = Array.from({ length: 500 }, (_, at) => anomaly(`service-${at}`, 0));
    const ids = many.map(({ id }) => id);
    const { alerts } = tellOpen([{ ...incident!, members: ids }], many, START);
    expect(JSON.stringify(alerts[0]).length).toBeLessThan(5_000);
    expect(alerts[0]?.annotations.summary).toMatch(/and 49\d more$/);
  });
});

test('the symptom is what users feel, furthest up the calls', () => {
  const anomalies = [
    anomaly('ledger', 0, { metric: 'Faults' }),
    anomaly('checkout', 5, { metric: 'Requests' }),
    anomaly('checkout', 5),
  ];
  expect(symptomOf(anomalies, edges).id).toBe('checkout Latency');
  const cycle = [...edges, { caller: 'payments', callee: 'checkout' }];
  expect(symptomOf([anomaly('payments', 0), anomaly('checkout', 0)], cycle).component).toBe('checkout');
});

test('what other cadences and failed shards found stays as it was', () => {
  const minute = { ...anomaly('a', 0), every: '1m' as const, shard: 'anomaly/shards/1m-0000' };
  const failed = { ...anomaly('b', 0), shard: 'anomaly/shards/5m-0001' };
  const over = anomaly('c', 0);
  const unwatched = { ...anomaly('d', 0), every: '1m' as const };
  const found = anomaly('e', 0);
  const watched = new Set([minute, failed, over, found].map(({ id }) => id));
  const finished = { every: '5m', failed: new Set([failed.shard]), anomalies: [found] } as const;
  expect(goingOn([minute, failed, over, unwatched], finished, watched)).toEqual([minute, failed, found]);
});

test.each([
  ['Faults', 500, 'error_rate_spike'],
  ['HTTPCode_Target_5XX_Count', 500, 'error_rate_spike'],
  ['Duration', 500, 'response_time_increase'],
  ['Invocations', 500, 'traffic_spike'],
  ['Requests', 5, 'traffic_drop'],
  ['Duration', 5, 'unusual_value'],
  ['FreeStorageSpace', 5, 'unusual_value'],
])('%s at %d is called %s', (metric, value, expected) => {
  expect(anomalyType(anomaly('a', 0, { metric, value }))).toBe(expected);
});
