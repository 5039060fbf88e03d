// Incidents, pagers and overrides in memory: they pass the suites of those on DynamoDB.
import {
  type Incident,
  type IncidentSummary,
  summaryOf,
  type TimelineEntry,
} from '../../lib/incidents/incident/incident.ts';
import type { Pager } from '../../lib/incidents/paging/pager.ts';
import type {
  IncidentChange,
  IncidentStore,
  OverrideStore,
  PagerStore,
  StoredOverride,
} from '../../lib/incidents/ports.ts';

export class MemoryIncidentStore implements IncidentStore {
  readonly incidents = new Map<string, Incident>();
  private readonly entries = new Map<string, TimelineEntry[]>();
  private readonly groups = new Map<string, string>();

  async read(id: string): Promise<Incident | undefined> {
    return structuredClone(this.incidents.get(id));
  }

  async ofGroup(policy: string, groupKey: string): Promise<string | undefined> {
    return this.groups.get(JSON.stringify([policy, groupKey]));
  }

  async commit({ before, after, entries, group }: IncidentChange): Promise<'saved' | 'conflict'> {
    if (this.incidents.get(after.id)?.version !== before?.version) return 'conflict';
    const ofGroup = group === undefined ? '' : JSON.stringify([after.policy, group.key]);
    if (group !== undefined && this.groups.get(ofGroup) !== group.previous) return 'conflict';
    if (group !== undefined) this.groups.set(ofGroup, after.id);
    this.incidents.set(after.id, structuredClone(after));
    this.entries.set(after.id, [...(this.entries.get(after.id) ?? []), ...entries]);
    return 'saved';
  }

  async timeline(id: string): Promise<readonly TimelineEntry[]> {
    return this.entries.get(id) ?? [];
  }

  async listOpen(): Promise<readonly IncidentSummary[]> {
    return [...this.incidents.values()]
      .filter(({ status }) => status !== 'resolved')
      .toSorted((a, b) => b.openedAt - a.openedAt)
      .map(summaryOf);
  }

  async listResolved(limit: number): Promise<readonly IncidentSummary[]> {
    return [...this.incidents.values()]
      .filter(({ status }) => status === 'resolved')
      .toSorted((a, b) => b.resolvedAt! - a.resolvedAt!)
      .slice(0, limit)
      .map(summaryOf);
  }
}

export class MemoryPagerStore implements PagerStore {
  private readonly pagers = new Map<string, Pager>();

  async read(person: string): Promise<Pager | undefined> {
    return structuredClone(this.pagers.get(person));
  }

  async write(pager: Pager): Promise<'saved' | 'conflict'> {
    if ((this.pagers.get(pager.person)?.version ?? 0) !== pager.version - 1) return 'conflict';
    this.pagers.set(pager.person, structuredClone(pager));
    return 'saved';
  }
}

export class MemoryOverrideStore implements OverrideStore {
  private overrides: StoredOverride[] = [];

  async list(schedule: string): Promise<readonly StoredOverride[]> {
    return this.overrides
      .filter((override) => override.schedule === schedule)
      .toSorted((a, b) => a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1));
  }

  async add(override: StoredOverride): Promise<void> {
    this.overrides.push(override);
  }

  async remove(schedule: string, id: string): Promise<boolean> {
    const left = this.overrides.filter((item) => item.schedule !== schedule || item.id !== id);
    const removed = left.length < this.overrides.length;
    this.overrides = left;
    return removed;
  }
}
