// Who is told at a step: people by name, whoever is on call, channels; and the fallback when nobody is on call.
import { createHash } from 'node:crypto';
import type { NotificationTarget } from '../../model/notification.ts';
import { onCallAt } from '../on-call/schedule.ts';
import type { EscalationTarget, OnCallSettings, OverrideSettings } from '../settings.ts';

/** Settings, and what people changed since. */
export interface EscalationRules {
  readonly settings: OnCallSettings;
  /** By schedule, oldest first. */
  readonly overrides: Readonly<Record<string, readonly OverrideSettings[]>>;
}

export interface Recipient {
  /** Unique among the recipients of a step. */
  readonly id: string;
  readonly name: string;
  readonly isPerson: boolean;
  readonly target: NotificationTarget;
}

export interface Recipients {
  readonly told: readonly Recipient[];
  /** Schedules by which nobody is on call. */
  readonly empty: readonly string[];
}

/** @param now epoch milliseconds */
export function recipientsOf(
  targets: readonly EscalationTarget[],
  rules: EscalationRules,
  now: number,
): Recipients {
  const { settings } = rules;
  const told = new Map<string, Recipient>();
  const empty: string[] = [];
  const add = (target: EscalationTarget): void => {
    if (target.kind === 'channel') {
      target.targets.forEach((way, place) => {
        addRecipient(told, `channel:${target.name}/${place}`, target.name, false, way);
      });
      return;
    }
    const person = target.kind === 'person' ? target.person : personOnCall(target.schedule, rules, now);
    const contacts = person === undefined ? [] : (settings.people[person]?.contacts ?? []);
    if (person === undefined || contacts.length === 0) {
      empty.push(target.kind === 'schedule' ? target.schedule : target.person);
    }
    contacts.forEach((contact, place) => {
      addRecipient(told, `person:${person}/${place}`, person!, true, contact);
    });
  };
  targets.forEach(add);
  const missing = [...empty];
  if (missing.length > 0) settings.fallback.forEach(add);
  return { told: [...told.values()], empty: missing };
}

function personOnCall(schedule: string, { settings, overrides }: EscalationRules, now: number) {
  const found = settings.schedules[schedule];
  return found === undefined ? undefined : onCallAt(found, overrides[schedule] ?? [], now).person;
}

function addRecipient(
  told: Map<string, Recipient>,
  who: string,
  name: string,
  isPerson: boolean,
  target: NotificationTarget,
): void {
  const id = createHash('sha256').update(who).digest('hex').slice(0, 12);
  if (!told.has(id)) told.set(id, { id, name, isPerson, target });
}
