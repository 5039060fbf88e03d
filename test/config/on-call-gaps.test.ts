// Warnings about hours in which nobody is on call.
import { expect, test } from 'vitest';
import { readOnCallSection } from '../../lib/config/schema/on-call.ts';
import { gapWarnings } from '../../lib/config/schema/on-call-gaps.ts';
import type { LayerSettings, ScheduleSettings } from '../../lib/incidents/settings.ts';

/** A Tuesday. */
const NOW = Date.parse('2026-11-24T09:30:00Z');

const layer = (change: Partial<LayerSettings> = {}): LayerSettings => ({
  name: 'week',
  people: ['ada', 'ben'],
  startWallMs: Date.parse('2026-01-05T09:00Z'),
  turn: { count: 1, unit: 'week' },
  restrictions: [],
  ...change,
});
const schedule = (...layers: LayerSettings[]): ScheduleSettings => ({
  timeZone: 'Europe/Berlin',
  layers,
  overrides: [],
});
const warnings = (one: ScheduleSettings) => gapWarnings({ primary: one }, NOW).map(({ message }) => message);

test('a schedule that always has somebody has no warning', () => {
  expect(warnings(schedule(layer()))).toEqual([]);
});

test('a layer for office hours alone leaves the rest, which is counted over the changes of the clock', () => {
  const office = layer({ restrictions: [{ days: [0, 1, 2, 3, 4], from: 9 * 60, to: 17 * 60 }] });
  const [message] = warnings(schedule(office));
  expect(message).toMatch(
    /^nobody is on call for 27\dd\d*h? of the next year, first from 2026-11-24T16:00Z to 2026-11-25T08:00Z/,
  );
});

test('a turn of nobody, an override by nobody and a layer that begins later are gaps', () => {
  expect(warnings(schedule(layer({ people: ['ada', ''] })))).toHaveLength(1);
  expect(
    warnings({ ...schedule(layer()), overrides: [{ person: '', from: NOW, to: NOW + 3_600_000 }] }),
  ).toEqual([
    expect.stringContaining('for 1h of the next year, first from 2026-11-24T09:30Z to 2026-11-24T10:30Z'),
  ]);
  const later = layer({ startWallMs: Date.parse('2026-12-01T09:00Z') });
  expect(warnings(schedule(later))).toEqual([expect.stringContaining('to 2026-12-01T08:00Z')]);
});

test('the check says so with the place, as a warning', () => {
  const contacts = { email: [{ to: 'a@example.com', from: 'b@example.com' }] };
  const written = {
    people: { ada: { contacts } },
    schedules: {
      primary: {
        timeZone: 'UTC',
        layers: [
          { people: ['ada'], start: '2026-01-05T09:00', restrictions: [{ from: '08:00', to: '20:00' }] },
        ],
      },
    },
    policies: { shop: { steps: [{ tell: [{ schedule: 'primary' }] }] } },
    fallback: [{ person: 'ada' }],
  };
  const { problems, settings } = readOnCallSection(written, [{ receiver: 'r', policy: 'shop' }], NOW);
  expect(settings).toBeDefined();
  expect(problems).toEqual([
    { level: 'warning', path: 'onCall.schedules.primary', message: expect.stringContaining('182d12h') },
  ]);
});

test('contacts that an incident could not keep are refused', () => {
  const contacts = {
    email: [{ to: 'a@example.com', from: 'b@example.com', text: 'x'.repeat(5_000) }],
  };
  const written = {
    people: { ada: { contacts } },
    policies: { shop: { steps: [{ tell: [{ person: 'ada' }] }] } },
  };
  const { problems } = readOnCallSection(written, [{ receiver: 'r', policy: 'shop' }], NOW);
  expect(problems).toEqual([
    {
      level: 'error',
      path: 'onCall.people.ada.contacts',
      message: expect.stringContaining('at most 5000 bytes'),
    },
  ]);
});

test('a year of hourly turns in twenty layers is looked through in a moment', () => {
  const layers = Array.from({ length: 20 }, (_, place) =>
    layer({ name: `layer ${place}`, turn: { count: 1, unit: 'hour' } }),
  );
  const begun = performance.now();
  expect(warnings(schedule(...layers))).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(5_000);
});
