// Every partition and sort key of the state table, in one place. A partition key starts with its owner's prefix;
// each function's IAM policy is narrowed to its prefixes (dynamodb:LeadingKeys).

/** Prefixes by owner, as the infrastructure grants them. */
export const STATE_PREFIX = {
  key: 'key#',
  keyList: 'keylist#',
  progress: 'progress#',
  series: 'series#',
  logGroups: 'loggroups#',
  names: 'names#',
  slo: 'slo#',
  alert: 'alert#',
  group: 'group#',
  notified: 'notified#',
  silence: 'silence#',
  inhibit: 'inhibit#',
  outbox: 'outbox#',
  due: 'due#',
  change: 'change#',
  incident: 'incident#',
  onCall: 'oncall#',
} as const;

export interface StateKey {
  readonly pk: string;
  readonly sk: string;
}

/** A Tidewatch key (ingest, alerts, …) by its public id. */
export function keyRow(keyId: string): StateKey {
  return { pk: `${STATE_PREFIX.key}${keyId}`, sk: 'key' };
}

/** An entry of the list of all keys: one partition to read instead of a scan of the table. */
export function keyListRow(keyId: string): StateKey {
  return { pk: `${STATE_PREFIX.keyList}all`, sk: keyId };
}

/** How far one destination got with one accepted request. */
export function progressRow(ingestId: string, destination: string): StateKey {
  return { pk: `${STATE_PREFIX.progress}${ingestId}`, sk: destination };
}

/** A shard of cumulative baselines. */
export function seriesRow(shard: string): StateKey {
  return { pk: `${STATE_PREFIX.series}${shard}`, sk: 'series' };
}

/** What one request moved in a shard of cumulative baselines: in the shard's partition, so that both are read together. */
export function seriesMoveRow(shard: string, ingestId: string): StateKey {
  return { pk: seriesRow(shard).pk, sk: `move#${ingestId}` };
}

/** The log groups a deployment has made, so that the cap of groups holds across instances. */
export function logGroupsRow(): StateKey {
  return { pk: `${STATE_PREFIX.logGroups}all`, sk: 'groups' };
}

/** Operations or remotes of a service that span metrics count by name. */
export function namesRow(owner: string, kind: string): StateKey {
  return { pk: `${STATE_PREFIX.names}${owner}`, sk: kind };
}

/** How an SLO stands: what each evaluation reads and writes. */
export function sloRow(slo: string): StateKey {
  return { pk: `${STATE_PREFIX.slo}${slo}`, sk: 'state' };
}

/** An hour of an SLO, minute by minute. @param start epoch milliseconds of a full hour */
export function sloHourRow(slo: string, start: number): StateKey {
  return { pk: `${STATE_PREFIX.slo}${slo}`, sk: `hour#${new Date(start).toISOString().slice(0, 13)}` };
}

/** Exclusions, adjustments and overrides of all SLOs. No SLO is named `_changes`. */
export function sloChangeRow(slo: string, changeId: string): StateKey {
  return { pk: `${STATE_PREFIX.slo}_changes`, sk: `${slo}#${changeId}` };
}

/** The latest of an alert; sixteen partitions, by the last digit of the fingerprint, hold all of them. */
export function alertRow(fingerprint: string): StateKey {
  return { pk: alertPartition(fingerprint.slice(-1)), sk: fingerprint };
}

/** @param digit the last hexadecimal digit of fingerprints */
export function alertPartition(digit: string): string {
  return `${STATE_PREFIX.alert}${digit}`;
}

/** A group of alerts without its alerts. @param ref digest of the group's id */
export function groupHeadRow(ref: string): StateKey {
  return { pk: `${STATE_PREFIX.group}${ref}`, sk: 'head' };
}

/** An alert in a group: rows of the group's partition that begin with `alert#`. */
export function groupAlertRow(ref: string, fingerprint: string): StateKey {
  return { pk: groupHeadRow(ref).pk, sk: `alert#${fingerprint}` };
}

/** What an integration of a receiver was last told. @param told digest of group key and receiver */
export function notifiedRow(told: string, integration: string): StateKey {
  return { pk: `${STATE_PREFIX.notified}${told}`, sk: integration };
}

/** Silences: few enough to be read together. */
export function silenceRow(id: string): StateKey {
  return { pk: `${STATE_PREFIX.silence}all`, sk: id };
}

/** Alerts that may inhibit others, read together by each flush. */
export function inhibitRow(fingerprint: string): StateKey {
  return { pk: `${STATE_PREFIX.inhibit}all`, sk: fingerprint };
}

/** What one integration is to be told by a flush. @param place of the integration in its receiver */
export function outboxRow(ref: string, place: number): StateKey {
  return { pk: `${STATE_PREFIX.outbox}${ref}`, sk: String(place) };
}

/** Partitions of timers. */
export const DUE_SHARDS = 8;

export function duePartition(shard: number): string {
  return `${STATE_PREFIX.due}${shard}`;
}

/** A change of the system: a partition a day (UTC), in order of time. @param time epoch milliseconds */
export function changeRow(time: number, id: string): StateKey {
  const at = new Date(time).toISOString();
  return { pk: `${STATE_PREFIX.change}${at.slice(0, 10)}`, sk: `${at}#${id}` };
}

/** An incident: its state, pages that are to be sent included. */
export function incidentRow(id: string): StateKey {
  return { pk: `${STATE_PREFIX.incident}${id}`, sk: 'head' };
}

/** A line of an incident's timeline. @param number counts from 1 */
export function incidentEntryRow(id: string, number: number): StateKey {
  return { pk: incidentRow(id).pk, sk: `entry#${String(number).padStart(6, '0')}` };
}

/** Which incident a group belongs to. @param ref digest of policy and group key */
export function incidentGroupRow(ref: string): StateKey {
  return { pk: `${STATE_PREFIX.incident}of#${ref}`, sk: 'group' };
}

/** An incident that is not resolved, in the list of all of them. */
export function openIncidentRow(id: string): StateKey {
  return { pk: `${STATE_PREFIX.incident}list#open`, sk: id };
}

/** An incident that was resolved, in the list of its month. @param resolvedAt epoch milliseconds */
export function resolvedIncidentRow(id: string, resolvedAt: number): StateKey {
  const at = new Date(resolvedAt).toISOString();
  return { pk: `${STATE_PREFIX.incident}list#${at.slice(0, 7)}`, sk: `${at}#${id}` };
}

/** How often a person was paged of late, and what waits for them. */
export function pagerRow(person: string): StateKey {
  return { pk: `${STATE_PREFIX.onCall}pager#${person}`, sk: 'pager' };
}

/** Somebody who stands in on a schedule. */
export function overrideRow(schedule: string, id: string): StateKey {
  return { pk: `${STATE_PREFIX.onCall}overrides#${schedule}`, sk: id };
}
