// Incidents in the state table. One transaction writes the incident, the new lines of its timeline, its place in the
// lists and the group it is of; it fails when another write of the incident was faster.
import { createHash, randomUUID } from 'node:crypto';
import {
  type Incident,
  type IncidentSummary,
  summaryOf,
  type TimelineEntry,
} from '../incidents/incident/incident.ts';
import type { IncidentChange, IncidentStore } from '../incidents/ports.ts';
import {
  incidentEntryRow,
  incidentGroupRow,
  incidentRow,
  openIncidentRow,
  resolvedIncidentRow,
} from './state-keys.ts';
import { bodyOf, keyOf, type StateRows, type TransactWrite } from './state-rows.ts';

/** How long an incident is kept after it was last written. */
const KEPT_MS = 400 * 86_400_000;
/** Months that a list of resolved incidents looks back. */
const MONTHS = 13;

export class DynamoIncidentStore implements IncidentStore {
  private readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async read(id: string): Promise<Incident | undefined> {
    const item = await this.rows.get(incidentRow(id));
    return item && bodyOf<Incident>(item);
  }

  async ofGroup(policy: string, groupKey: string): Promise<string | undefined> {
    const item = await this.rows.get(incidentGroupRow(groupRef(policy, groupKey)));
    return item && bodyOf<{ readonly incident: string }>(item).incident;
  }

  async commit(change: IncidentChange): Promise<'saved' | 'conflict'> {
    const { before, after, group } = change;
    const writes: Partial<TransactWrite>[] = [
      { Put: { Item: this.item(after), ...versionIs(before?.version) } },
      ...this.entryWrites(change),
      ...this.listWrites(before, after),
    ];
    if (group !== undefined) {
      const key = incidentGroupRow(groupRef(after.policy, group.key));
      const item = this.rows.item(key, { incident: after.id }, this.expiresAt(), {
        incident: { S: after.id },
      });
      writes.push({ Put: { Item: item, ...groupIs(group.previous) } });
    }
    return (await this.rows.transact(writes, randomUUID())) ? 'saved' : 'conflict';
  }

  async timeline(id: string): Promise<readonly TimelineEntry[]> {
    const values = { ':entry': 'entry#' };
    const items = await this.rows.query(incidentRow(id).pk, 'begins_with(sk, :entry)', values);
    return items.map((item) => bodyOf<TimelineEntry>(item));
  }

  async listOpen(): Promise<readonly IncidentSummary[]> {
    const items = await this.rows.query(openIncidentRow('').pk);
    return items.map((item) => bodyOf<IncidentSummary>(item)).toSorted((a, b) => b.openedAt - a.openedAt);
  }

  async listResolved(limit: number): Promise<readonly IncidentSummary[]> {
    const found: IncidentSummary[] = [];
    const now = new Date(this.rows.now());
    for (let month = 0; month < MONTHS && found.length < limit; month += 1) {
      const at = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - month, 1);
      const items = await this.rows.query(resolvedIncidentRow('', at).pk);
      found.push(...items.reverse().map((item) => bodyOf<IncidentSummary>(item)));
    }
    return found.slice(0, limit);
  }

  private item(incident: Incident) {
    const version = { N: String(incident.version) };
    return this.rows.item(incidentRow(incident.id), incident, this.expiresAt(), { version });
  }

  private entryWrites({ after, entries }: IncidentChange): Partial<TransactWrite>[] {
    const first = after.entries - entries.length + 1;
    return entries.map((entry, place) => ({
      Put: { Item: this.rows.item(incidentEntryRow(after.id, first + place), entry, this.expiresAt()) },
    }));
  }

  /** Written only when the list would show something else. */
  private listWrites(before: Incident | undefined, after: Incident): Partial<TransactWrite>[] {
    const summary = summaryOf(after);
    if (before !== undefined && JSON.stringify(summaryOf(before)) === JSON.stringify(summary)) return [];
    const [place, old] = [listRow(after), before === undefined ? undefined : listRow(before)];
    const moved = old !== undefined && (old.pk !== place.pk || old.sk !== place.sk);
    return [
      { Put: { Item: this.rows.item(place, summary, this.expiresAt()) } },
      ...(moved ? [{ Delete: { Key: keyOf(old) } }] : []),
    ];
  }

  private expiresAt(): number {
    return this.rows.now() + KEPT_MS;
  }
}

function listRow({ id, status, resolvedAt }: Incident) {
  return status === 'resolved' && resolvedAt !== undefined
    ? resolvedIncidentRow(id, resolvedAt)
    : openIncidentRow(id);
}

function groupRef(policy: string, groupKey: string): string {
  return createHash('sha256')
    .update(JSON.stringify([policy, groupKey]))
    .digest('hex')
    .slice(0, 32);
}

/** The condition that nobody wrote since. */
export function versionIs(version: number | undefined): object {
  if (version === undefined || version === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}

function groupIs(previous: string | undefined): object {
  if (previous === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'incident = :previous',
    ExpressionAttributeValues: { ':previous': { S: previous } },
  };
}
