// Where incidents are opened, acknowledged, resolved and taken a step further: reads, asks the rules, and writes only if
// nobody else wrote in between. Sends nothing; who wakes up does, see escalate.ts.
import { createHash } from 'node:crypto';
import { RetryableError } from '../model/errors.ts';
import type { NotificationContent } from '../model/notification.ts';
import { acknowledgementOf } from './acknowledge/metric.ts';
import { fitted, fittedEntries } from './incident/fit.ts';
import { type Incident, type IncidentSummary, nextWakeAt, type TimelineEntry } from './incident/incident.ts';
import type { EscalationRules } from './incident/recipients.ts';
import { type IncidentEvent, type Outcome, openIncident, step } from './incident/step.ts';
import type { EscalationPorts, IncidentChange } from './ports.ts';

/** Writes that may lose against others in a row. */
const MAX_CONFLICTS = 8;
/** Groups of one incident: it is one row. */
const MAX_GROUPS = 100;

export type DeskPorts = Pick<
  EscalationPorts,
  'settings' | 'incidents' | 'overrides' | 'timers' | 'onAcknowledged'
>;

export class IncidentDesk {
  private readonly ports: DeskPorts;

  constructor(ports: DeskPorts) {
    this.ports = ports;
  }

  /**
   * A group fires: refreshes its incident, opens it again, joins another one or opens a new one.
   * @param key of the notification: the same again changes nothing
   * @param now epoch milliseconds
   * @returns the id of the incident
   */
  async fires(policy: string, content: NotificationContent, key: string, now: number): Promise<string> {
    const { incidents, settings } = this.ports;
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
      const rules = await this.rules();
      const previous = await incidents.ofGroup(policy, content.groupKey);
      const known = previous === undefined ? undefined : await incidents.read(previous);
      const event: IncidentEvent = { kind: 'fires', content, key };
      if (known !== undefined && isCurrent(known, key, settings.reopenWithinMs, now)) {
        if (await this.write(known, step(known, event, rules, now), now)) return known.id;
        continue;
      }
      const group = { key: content.groupKey, previous };
      const joined = await this.related(policy, content, now);
      if (joined !== undefined) {
        if (await this.write(joined, step(joined, event, rules, now), now, group)) return joined.id;
        continue;
      }
      const id = incidentId(policy, content.groupKey, now);
      if (await this.write(undefined, openIncident(id, policy, content, key, rules, now), now, group))
        return id;
    }
    throw conflict(content.groupKey);
  }

  /** A group is over. Nothing happens when it had no incident. */
  async groupResolves(
    policy: string,
    groupKey: string,
    key: string,
    now: number,
  ): Promise<string | undefined> {
    const id = await this.ports.incidents.ofGroup(policy, groupKey);
    if (id !== undefined) await this.apply(id, { kind: 'groupResolves', groupKey, key }, now);
    return id;
  }

  /**
   * Changes an incident by an event.
   * @returns the incident before and after; undefined when there is none
   */
  async apply(
    id: string,
    event: IncidentEvent,
    now: number,
  ): Promise<{ readonly before: Incident; readonly after: Incident } | undefined> {
    return this.change(id, now, (incident, rules) => step(incident, event, rules, now));
  }

  /** Changes an incident by a rule, again on what is there if another write was faster. */
  async change(
    id: string,
    now: number,
    rule: (incident: Incident, rules: EscalationRules) => Outcome,
  ): Promise<{ readonly before: Incident; readonly after: Incident } | undefined> {
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
      const before = await this.ports.incidents.read(id);
      if (before === undefined) return undefined;
      const outcome = rule(before, await this.rules());
      if (outcome.incident === before) return { before, after: before };
      const after = await this.write(before, outcome, now);
      if (after !== undefined) return { before, after };
    }
    throw conflict(id);
  }

  /** The timer is set before the row is written: one that is set for nothing is ignored, one that is missing is not. */
  private async write(
    before: Incident | undefined,
    { incident, entries }: Outcome,
    now: number,
    group?: IncidentChange['group'],
  ): Promise<Incident | undefined> {
    if (incident === before && group === undefined) return before;
    const lines = fittedEntries(entries);
    const after = numbered(before, fitted(incident), lines);
    const wakeAt = nextWakeAt(after);
    if (wakeAt !== undefined) {
      await this.ports.timers.schedule({
        kind: 'escalation',
        id: after.id,
        generation: after.version,
        dueAt: Math.max(wakeAt, now),
      });
    }
    const result = await this.ports.incidents.commit({
      before,
      after,
      entries: lines,
      ...(group !== undefined && { group }),
    });
    if (result !== 'saved') return undefined;
    if (before?.status === 'triggered' && after.status === 'acknowledged') {
      this.ports.onAcknowledged?.(acknowledgementOf(after, this.ports.settings));
    }
    return after;
  }

  /** An incident that began of late under the same policy and says the same of what correlation looks at. */
  private async related(
    policy: string,
    content: NotificationContent,
    now: number,
  ): Promise<Incident | undefined> {
    const { correlation } = this.ports.settings;
    if (correlation === undefined) return undefined;
    const fits = (summary: IncidentSummary): boolean =>
      summary.policy === policy &&
      now - summary.openedAt <= correlation.withinMs &&
      correlation.labels.every(
        (label) =>
          content.commonLabels[label] !== undefined && content.commonLabels[label] === summary.labels[label],
      );
    const found = (await this.ports.incidents.listOpen()).find(fits);
    const incident = found === undefined ? undefined : await this.ports.incidents.read(found.id);
    const takesMore = incident?.status !== 'resolved' && (incident?.groups.length ?? 0) < MAX_GROUPS;
    return takesMore ? incident : undefined;
  }

  private async rules(): Promise<EscalationRules> {
    const { settings, overrides } = this.ports;
    const names = Object.keys(settings.schedules);
    const lists = await Promise.all(names.map((name) => overrides.list(name)));
    return { settings, overrides: Object.fromEntries(names.map((name, place) => [name, lists[place]!])) };
  }
}

/** Whether a group that fires is still about this incident. */
function isCurrent(incident: Incident, key: string, reopenWithinMs: number, now: number): boolean {
  return (
    incident.status !== 'resolved' ||
    incident.seen.includes(key) ||
    now - (incident.resolvedAt ?? now) <= reopenWithinMs
  );
}

function numbered(
  before: Incident | undefined,
  incident: Incident,
  entries: readonly TimelineEntry[],
): Incident {
  return {
    ...incident,
    version: (before?.version ?? 0) + 1,
    entries: incident.entries + entries.length,
  };
}

/** @example 20261124-1f8a03bc */
function incidentId(policy: string, groupKey: string, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const text = JSON.stringify([policy, groupKey, now]);
  return `${day}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

function conflict(what: string): RetryableError {
  return new RetryableError('conflict', `incident of ${what}: others wrote at the same time, too often`);
}
