// The section `onCall`: people, schedules and policies, checked one against another.
import { z } from 'zod';
import {
  type EscalationTarget,
  ON_CALL_DEFAULTS,
  type OnCallSettings,
  type ScheduleSettings,
  STEP_DEADLINES_MS,
} from '../../incidents/settings.ts';
import { isTimeZone } from '../../model/time-zone.ts';
import { type Problem, pathText } from '../problem.ts';
import { readContacts } from './contacts.ts';
import { gapWarnings } from './on-call-gaps.ts';
import {
  duration,
  moment,
  name,
  names,
  secretReference,
  turn,
  wallMoment,
  weekTime,
} from './on-call-parts.ts';
import { parse, section, wholeNumber, words } from './parts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** An incident keeps the fields of whom it tells, 40 at a level, in one row of 400 KB. */
const MAX_CHANNEL_BYTES = 5_000;

const tell = z.union(
  [
    section({ person: names() }),
    section({ schedule: names() }),
    section({ channel: z.unknown(), name: words('a name for people', 64) }),
  ],
  { error: '{ person }, { schedule } or { channel, name }' },
);

const layer = section({
  name: words('a name', 64).optional(),
  people: z
    .array(z.string({ error: 'the name of a person' }), { error: 'a list of people' })
    .refine((list) => list.length > 0 && list.length <= 100, { error: '1 to 100 people' }),
  start: wallMoment(),
  turn: turn().optional(),
  restrictions: z
    .array(
      section({
        days: z.array(z.enum(DAYS)).optional(),
        from: weekTime(),
        to: weekTime(),
      }),
    )
    .optional(),
});

const schedule = section({
  timeZone: z
    .string({ error: 'a time zone such as "Europe/Berlin"' })
    .refine(isTimeZone, { error: 'a time zone such as "Europe/Berlin"' }),
  layers: z
    .array(layer, { error: 'a list of layers' })
    .refine((list) => list.length > 0 && list.length <= 20, {
      error: '1 to 20 layers',
    }),
  overrides: z
    .array(
      section({ person: names(), from: moment(), to: moment(), insteadOf: names().optional() }).refine(
        ({ from, to }) => from < to,
        { error: 'an override that ends after it begins' },
      ),
    )
    .optional(),
});

const policy = section({
  steps: z
    .array(
      section({
        tell: z
          .array(tell, { error: 'a list of whom to tell' })
          .refine((list) => list.length > 0 && list.length <= 20, {
            error: '1 to 20 to tell',
          }),
        acknowledgeWithin: duration('10m', 1_000, 7 * 24 * HOUR).optional(),
      }),
      { error: 'a list of steps' },
    )
    .refine((list) => list.length > 0 && list.length <= 10, { error: '1 to 10 steps' }),
  repeat: wholeNumber(0, 9).optional(),
});

const target = duration('5m', MINUTE, 7 * 24 * HOUR).optional();

const onCallSchema = section({
  people: z.record(name(), section({ contacts: z.unknown() }), {
    error: 'people by name',
  }),
  schedules: z.record(name(), schedule).optional(),
  policies: z.record(name(), policy, { error: 'policies by name' }),
  fallback: z.array(tell, { error: 'a list of whom to tell' }).optional(),
  pagesPerHour: wholeNumber(1, 1000).optional(),
  bundleWithin: duration('5m', 10_000, 5 * MINUTE).optional(),
  reopenWithin: duration('30m', 0, 24 * HOUR).optional(),
  linkValidFor: duration('24h', MINUTE, 30 * 24 * HOUR).optional(),
  acknowledgeTargets: section({ P1: target, P2: target, P3: target, P4: target }).optional(),
  correlate: section({
    within: duration('5m', 1_000, 24 * HOUR),
    labels: z
      .array(words('the name of a label', 200), { error: 'a list of labels' })
      .refine((list) => list.length > 0, { error: 'at least one label' }),
  }).optional(),
  slack: section({ signingSecret: secretReference() }).optional(),
  pagerDuty: section({ webhookSecret: secretReference() }).optional(),
});

type OnCall = z.output<typeof onCallSchema>;
type Tell = z.output<typeof tell>;

/** A receiver that opens incidents. */
export interface EscalationUse {
  readonly receiver: string;
  readonly policy: string;
}

export interface OnCallSection {
  /** Undefined when there is no `onCall`, or it has errors. */
  readonly settings: OnCallSettings | undefined;
  readonly problems: readonly Problem[];
}

/**
 * @param written what the configuration has under `onCall`
 * @param uses receivers of the alerting configuration that open incidents
 * @param now epoch milliseconds, from which schedules are looked through for hours without anybody
 */
export function readOnCallSection(
  written: unknown,
  uses: readonly EscalationUse[],
  now: number = Date.now(),
): OnCallSection {
  if (written === undefined) {
    return { settings: undefined, problems: uses.map((use) => unknownPolicy(use, [])) };
  }
  const { value, problems } = parse(onCallSchema, written, ['onCall']);
  if (value === undefined) return { settings: undefined, problems };
  const policies = Object.keys(value.policies);
  const unused = policies.filter((id) => uses.every(({ policy: used }) => used !== id));
  const all: Problem[] = [
    ...problems,
    ...crossProblems(value),
    ...uses.filter(({ policy: used }) => !policies.includes(used)).map((use) => unknownPolicy(use, policies)),
    ...unused.map(
      (id): Problem => ({
        level: 'warning',
        path: pathText(['onCall', 'policies', id]),
        message: `no receiver of alerting has escalation: [{ policy: ${JSON.stringify(id)} }], so nothing starts it`,
      }),
    ),
  ];
  if (all.some(({ level }) => level === 'error')) return { settings: undefined, problems: all };
  const settings = settingsOf(value);
  return { settings, problems: [...all, ...gapWarnings(settings.schedules, now)] };
}

function unknownPolicy({ receiver, policy: used }: EscalationUse, known: readonly string[]): Problem {
  const list = known.length === 0 ? 'onCall has none' : known.join(', ');
  const message = `the receiver ${receiver} expects the policy "${used}" of onCall, which is not there (${list})`;
  return { level: 'error', path: 'onCall.policies', message };
}

/** What only shows when the parts are held against each other. */
function crossProblems(onCall: OnCall): Problem[] {
  const problems: Problem[] = [];
  const error = (path: readonly PropertyKey[], message: string): void => {
    problems.push({ level: 'error', path: pathText(['onCall', ...path]), message });
  };
  const people = Object.keys(onCall.people);
  const schedules = Object.keys(onCall.schedules ?? {});
  const known = (kind: string, list: readonly string[], path: readonly PropertyKey[], got: string): void => {
    if (!list.includes(got))
      error(path, `expected ${kind} (${list.join(', ') || 'there is none'}), got "${got}"`);
  };
  const channels = (written: unknown, path: readonly PropertyKey[]): void => {
    const { targets, problems: found } = readContacts(written, ['onCall', ...path]);
    problems.push(...found);
    const bytes = Buffer.byteLength(JSON.stringify(targets));
    if (bytes <= MAX_CHANNEL_BYTES) return;
    error(
      path,
      `expected at most ${MAX_CHANNEL_BYTES} bytes of fields, as JSON, got ${bytes}; shorten templates`,
    );
  };
  const check = (list: readonly Tell[], path: readonly PropertyKey[]): void => {
    list.forEach((item, place) => {
      if ('person' in item) known('a person', people, [...path, place, 'person'], item.person);
      else if ('schedule' in item)
        known('a schedule', schedules, [...path, place, 'schedule'], item.schedule);
      else channels(item.channel, [...path, place, 'channel']);
    });
  };
  for (const [person, { contacts }] of Object.entries(onCall.people)) {
    channels(contacts, ['people', person, 'contacts']);
  }
  for (const [id, { layers, overrides = [] }] of Object.entries(onCall.schedules ?? {})) {
    layers.forEach(({ people: turns }, place) => {
      turns.forEach((person, turnPlace) => {
        if (person !== '')
          known('a person', people, ['schedules', id, 'layers', place, 'people', turnPlace], person);
      });
    });
    overrides.forEach(({ person, insteadOf }, place) => {
      known('a person', people, ['schedules', id, 'overrides', place, 'person'], person);
      if (insteadOf === undefined) return;
      known('a person', people, ['schedules', id, 'overrides', place, 'insteadOf'], insteadOf);
    });
  }
  for (const [id, { steps }] of Object.entries(onCall.policies)) {
    steps.forEach((item, place) => {
      check(item.tell, ['policies', id, 'steps', place, 'tell']);
    });
  }
  const fallback = onCall.fallback ?? [];
  check(fallback, ['fallback']);
  if (schedules.length > 0 && fallback.every((item) => 'schedule' in item)) {
    error(['fallback'], 'expected a person or a channel to tell when nobody is on call, got none');
  }
  return problems;
}

function settingsOf(onCall: OnCall): OnCallSettings {
  const targets = (list: readonly Tell[]): EscalationTarget[] => list.map(targetOf);
  const each = <T, R>(map: Readonly<Record<string, T>>, to: (value: T) => R): Record<string, R> =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]));
  return {
    people: each(onCall.people, ({ contacts }) => ({ contacts: readContacts(contacts, []).targets })),
    schedules: each(onCall.schedules ?? {}, scheduleSettings),
    policies: each(onCall.policies, ({ steps, repeat }) => ({
      steps: steps.map((item, place) => ({
        targets: targets(item.tell),
        acknowledgeWithinMs: item.acknowledgeWithin ?? STEP_DEADLINES_MS[place] ?? STEP_DEADLINES_MS.at(-1)!,
      })),
      repeat: repeat ?? ON_CALL_DEFAULTS.repeat,
    })),
    fallback: targets(onCall.fallback ?? []),
    pagesPerHour: onCall.pagesPerHour ?? ON_CALL_DEFAULTS.pagesPerHour,
    bundleWithinMs: onCall.bundleWithin ?? ON_CALL_DEFAULTS.bundleWithinMs,
    reopenWithinMs: onCall.reopenWithin ?? ON_CALL_DEFAULTS.reopenWithinMs,
    linkValidMs: onCall.linkValidFor ?? ON_CALL_DEFAULTS.linkValidMs,
    acknowledgeTargetsMs: acknowledgeTargets(onCall),
    ...(onCall.correlate !== undefined && {
      correlation: { withinMs: onCall.correlate.within, labels: onCall.correlate.labels },
    }),
    ...(onCall.slack !== undefined && { slackSigningSecret: onCall.slack.signingSecret }),
    ...(onCall.pagerDuty !== undefined && { pagerDutyWebhookSecret: onCall.pagerDuty.webhookSecret }),
  };
}

function acknowledgeTargets({ acknowledgeTargets: written = {} }: OnCall) {
  const { P1, P2, P3, P4 } = ON_CALL_DEFAULTS.acknowledgeTargetsMs;
  return { P1: written.P1 ?? P1, P2: written.P2 ?? P2, P3: written.P3 ?? P3, P4: written.P4 ?? P4 };
}

function targetOf(item: Tell): EscalationTarget {
  if ('person' in item) return { kind: 'person', person: item.person };
  if ('schedule' in item) return { kind: 'schedule', schedule: item.schedule };
  return { kind: 'channel', name: item.name, targets: readContacts(item.channel, []).targets };
}

function scheduleSettings({ timeZone, layers, overrides = [] }: z.output<typeof schedule>): ScheduleSettings {
  return {
    timeZone,
    layers: layers.map(({ name: layerName, people, start, turn: length, restrictions = [] }, place) => ({
      name: layerName ?? `layer ${place + 1}`,
      people,
      startWallMs: start,
      turn: length ?? { count: 1, unit: 'week' },
      restrictions: restrictions.map(({ days, from, to }) => ({
        days: (days ?? DAYS).map((day) => DAYS.indexOf(day) as 0 | 1 | 2 | 3 | 4 | 5 | 6),
        from,
        to,
      })),
    })),
    overrides: overrides.map(({ person, from, to, insteadOf }) => ({
      person,
      from,
      to,
      ...(insteadOf !== undefined && { insteadOf }),
    })),
  };
}
