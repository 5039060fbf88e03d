// Everything escalation keeps in AWS, made from the names of a deployment's resources.
import type { EscalationPorts } from '../incidents/ports.ts';
import { DynamoIncidentStore } from './incident-store.ts';
import type { JsonCallOptions } from './json-call.ts';
import { DynamoOverrideStore, DynamoPagerStore } from './on-call-stores.ts';
import { StateRows } from './state-rows.ts';
import { DynamoTimers } from './timers.ts';
import type { AwsTransport } from './transport.ts';

export interface EscalationResources {
  readonly stateTable: string;
  readonly escalateQueueUrl: string;
}

export function escalationStores(
  { stateTable, escalateQueueUrl }: EscalationResources,
  transport: AwsTransport,
  calls: JsonCallOptions,
): Pick<EscalationPorts, 'incidents' | 'pagers' | 'overrides' | 'timers'> {
  const rows = new StateRows(stateTable, transport, calls);
  return {
    incidents: new DynamoIncidentStore(rows),
    pagers: new DynamoPagerStore(rows),
    overrides: new DynamoOverrideStore(rows),
    timers: new DynamoTimers(rows, { escalate: escalateQueueUrl }, transport, calls),
  };
}
