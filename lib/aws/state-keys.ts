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

/** Exclusions, adjustments and overrides of all SLOs. No SLO is named `_changes`. */
export function sloChangeRow(slo: string, changeId: string): StateKey {
  return { pk: `${STATE_PREFIX.slo}_changes`, sk: `${slo}#${changeId}` };
}
