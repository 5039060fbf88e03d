// The steps of a policy: whom a step tells, what comes after it, and what is closed when all is over.
import { formatDuration } from '../../model/duration.ts';
import type { EscalationTarget, PolicySettings } from '../settings.ts';
import { STEP_DEADLINES_MS } from '../settings.ts';
import type { Incident, Page, TimelineEntry } from './incident.ts';
import { type EscalationRules, type Recipient, recipientsOf } from './recipients.ts';

interface Outcome {
  readonly incident: Incident;
  readonly entries: readonly TimelineEntry[];
}

const WHO = 'tidewatch';

/** The policy of an incident; when the configuration no longer has it, the fallback is told. */
export function policyOf(incident: Incident, { settings }: EscalationRules): PolicySettings {
  return (
    settings.policies[incident.policy] ?? {
      steps: [{ targets: settings.fallback, acknowledgeWithinMs: STEP_DEADLINES_MS[0]! }],
      repeat: 1,
    }
  );
}

/** Tells the recipients of the step that the incident stands at. @param now epoch milliseconds */
export function beginStep(incident: Incident, rules: EscalationRules, now: number): Outcome {
  const { step, round } = incident;
  const current = policyOf(incident, rules).steps[step];
  const targets: readonly EscalationTarget[] = current?.targets ?? rules.settings.fallback;
  const { told, empty } = recipientsOf(targets, rules, now);
  const remark = remarkOf(incident, rules, empty, now);
  const withinMs = current?.acknowledgeWithinMs ?? STEP_DEADLINES_MS[0]!;
  const names = [...new Set(told.map(({ name }) => name))];
  const entries: TimelineEntry[] = empty.map((name) => ({
    at: now,
    kind: 'nobodyOnCall',
    who: WHO,
    text: `nobody can be reached by ${name}${told.length > 0 ? ': the fallback is told' : ''}`,
  }));
  entries.push({
    at: now,
    kind: 'stepBegan',
    who: WHO,
    text: `level ${step + 1}${round > 0 ? `, round ${round + 1}` : ''}: ${
      names.length > 0 ? `tells ${names.join(', ')}` : 'nobody to tell'
    }, ${formatDuration(withinMs)} to acknowledge`,
  });
  const pages = told.map((recipient) => pageOf(incident, recipient, remark, now));
  const begun: Incident = { ...incident, pages: [...incident.pages, ...pages], deadlineAt: now + withinMs };
  if (pages.length > 0) return { incident: begun, entries };
  return passOver(begun, entries, rules, now);
}

/** What follows a step that nobody acknowledged in time. */
export function nextStep(incident: Incident, rules: EscalationRules, now: number): Outcome {
  const { steps, repeat } = policyOf(incident, rules);
  if (incident.step + 1 < steps.length) {
    return beginStep({ ...incident, step: incident.step + 1 }, rules, now);
  }
  if (incident.round < repeat)
    return beginStep({ ...incident, step: 0, round: incident.round + 1 }, rules, now);
  return {
    incident: { ...incident, deadlineAt: undefined },
    entries: [
      { at: now, kind: 'exhausted', who: WHO, text: 'nobody acknowledged; the policy has no further step' },
    ],
  };
}

/** When a step reached nobody, the next one does not wait for its deadline; a new round does. */
export function passOver(
  incident: Incident,
  before: readonly TimelineEntry[],
  rules: EscalationRules,
  now: number,
): Outcome {
  if (incident.step + 1 >= policyOf(incident, rules).steps.length) return { incident, entries: before };
  const none: TimelineEntry = {
    at: now,
    kind: 'noneReached',
    who: WHO,
    text: `level ${incident.step + 1} reached nobody: the next one comes at once`,
  };
  const next = nextStep(incident, rules, now);
  return { incident: next.incident, entries: [...before, none, ...next.entries] };
}

function pageOf({ id, episode, round, step }: Incident, to: Recipient, remark: string, now: number): Page {
  return {
    key: `${id}.${episode}.${round}.${step}.${to.id}`,
    purpose: 'page',
    round,
    step,
    recipient: to.name,
    isPerson: to.isPerson,
    target: to.target,
    remark,
    state: 'waiting',
    attempts: 0,
    attemptAt: now,
  };
}

function remarkOf(incident: Incident, rules: EscalationRules, empty: readonly string[], now: number): string {
  const { step, round, policy, firedAt } = incident;
  const nobody =
    empty.length === 0 ? '' : `Nobody can be reached by ${empty.join(', ')}: you are told as the fallback.`;
  const lost =
    rules.settings.policies[policy] === undefined
      ? `The escalation policy ${policy} is no longer configured: you are told as the fallback.`
      : '';
  const waitedMs = now - firedAt;
  const escalated =
    step === 0 && round === 0
      ? ''
      : `Escalated to level ${step + 1}${round > 0 ? ` (round ${round + 1})` : ''}: nobody acknowledged${
          waitedMs >= 1000 ? ` within ${formatDuration(waitedMs - (waitedMs % 1000))}` : ''
        }.`;
  return [escalated, nobody, lost].filter((text) => text !== '').join(' ');
}
