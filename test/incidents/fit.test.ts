// The row of an incident and of a person stays below 400 KB, and a change below 100 items, whatever comes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptContent } from '../../lib/incidents/incident/content.ts';
import { fitted, fittedEntries } from '../../lib/incidents/incident/fit.ts';
import type { TimelineEntry } from '../../lib/incidents/incident/incident.ts';
import { newPager, takePage } from '../../lib/incidents/paging/pager.ts';
import type { NotificationContent, NotifiedAlert } from '../../lib/model/notification.ts';
import { content, MINUTE, START, settings, World } from './escalation-world.ts';

const MAX_BYTES = 400_000;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function alert(number: number, text: string): NotifiedAlert {
  return {
    fingerprint: number.toString(16).padStart(16, '0'),
    labels: { alertname: 'Down', instance: `web-${number}`, text },
    annotations: { summary: text, description: text },
    status: 'firing',
    startsAt: START,
    endsAt: START + MINUTE,
    generatorUrl: '',
  };
}

test('a group of 10,000 alerts is kept with the first of them and their number', async () => {
  const world = new World();
  const alerts = Array.from({ length: 10_000 }, (_, place) => alert(place, 'down'));
  const id = await world.notify({ alerts });
  const incident = (await world.incidents.read(id))!;
  expect(bytesOf(incident)).toBeLessThan(40_000);
  expect(incident.content.remarks).toContain('9980 more alerts are not listed');
});

test('texts of any length and script leave it below the limit', async () => {
  const text = fc.oneof(
    fc.constantFrom('\u0000'.repeat(9_000), '漢'.repeat(9_000), '🔥'.repeat(9_000)),
    fc.string(),
  );
  const words = fc.dictionary(text, text, { maxKeys: 40 });
  await fc.assert(
    fc.asyncProperty(words, words, words, text, text, async (labels, common, annotations, key, remark) => {
      const world = new World();
      const one = { ...alert(1, remark), labels, annotations };
      const change: Partial<NotificationContent> = {
        groupKey: key,
        groupLabels: labels,
        commonLabels: common,
        commonAnnotations: annotations,
        alerts: Array.from({ length: 50 }, () => one),
        remarks: Array.from({ length: 50 }, () => remark),
        links: { runbook: `https://x.example/${remark}` },
        receiver: remark,
      };
      const id = await world.notify(change);
      await world.run(60);
      const incident = (await world.incidents.read(id))!;
      expect(bytesOf(incident)).toBeLessThan(MAX_BYTES);
      // It is still found when its group is over.
      await world.notify({ ...change, status: 'resolved' });
      expect((await world.incidents.read(id))!.status).toBe('resolved');
    }),
    { numRuns: 30 },
  );
});

test('a policy of ten levels, ten rounds and twenty people a level stays below the limit', async () => {
  const names = Array.from({ length: 20 }, (_, place) => `person-${place}`);
  const fields = { text: 'x'.repeat(4_000) };
  const given = settings({
    people: Object.fromEntries(
      names.map((to) => [to, { contacts: [{ kind: 'pagerduty', fields: { ...fields, to } }] }]),
    ),
    policies: {
      shop: {
        repeat: 9,
        steps: Array.from({ length: 10 }, () => ({
          targets: names.map((person) => ({ kind: 'person' as const, person })),
          acknowledgeWithinMs: 1_000,
        })),
      },
    },
    fallback: [{ kind: 'person', person: names[0]! }],
  });
  for (const answer of ['delivered', 'retry'] as const) {
    const world = new World(given);
    if (answer === 'retry') world.answer = () => ({ kind: 'retry', reason: 'down' });
    const id = await world.notify({
      alerts: Array.from({ length: 20 }, (_, n) => alert(n, 'y'.repeat(900))),
    });
    for (let minute = 0; minute < 2; minute += 1) {
      await world.run(1);
      expect(bytesOf(await world.incidents.read(id))).toBeLessThan(MAX_BYTES);
    }
    await world.acknowledge(id);
    const notices = world.sent.filter(({ act }) => act === 'acknowledge');
    expect(notices).toHaveLength(answer === 'delivered' ? names.length : 0);
  }
}, 60_000);

test('content that is too long as it is written loses its alerts, not its incident', async () => {
  const world = new World();
  const id = await world.notify();
  const incident = (await world.incidents.read(id))!;
  const huge = { ...incident, content: { ...incident.content, alerts: [alert(1, 'z'.repeat(380_000))] } };
  const { content: kept } = fitted(huge);
  expect(kept.alerts).toEqual([]);
  expect(kept.remarks.at(-1)).toMatch(/not listed/);
  expect(fitted(incident)).toBe(incident);
  expect(keptContent(content()).groupKey).toBe(content().groupKey);
});

test('a change writes at most so many lines as one transaction takes', () => {
  const line = (place: number): TimelineEntry => ({
    at: 0,
    kind: 'told',
    who: 'tidewatch',
    text: `${place}`,
  });
  const lines = fittedEntries(Array.from({ length: 250 }, (_, place) => line(place)));
  expect(lines).toHaveLength(90);
  expect(lines.at(-1)!.text).toBe('249 (and 160 more lines)');
});

test('the row of a person does not grow with the pages of a storm', () => {
  let pager = newPager('ada');
  const limits = { pagesPerHour: 3, bundleWithinMs: MINUTE };
  for (let place = 0; place < 10_000; place += 1) {
    const page = {
      key: `20261124-abcdef12.1.0.${place}`,
      incidentId: '20261124-abcdef12',
      episode: 1,
      step: 0,
      at: 0,
    };
    pager = takePage(pager, page, place % 2 === 0, limits, place).pager;
  }
  expect(bytesOf(pager)).toBeLessThan(MAX_BYTES);
});
