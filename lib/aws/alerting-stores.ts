// Everything alert routing keeps in AWS, made from the names of a deployment's resources.
import type { AlertingStores } from '../alerting/ports.ts';
import { DynamoAlertStore, DynamoSourceStore } from './alert-store.ts';
import { S3BodyStore } from './body-store.ts';
import { DynamoGroupStore } from './group-store.ts';
import type { JsonCallOptions } from './json-call.ts';
import { DynamoNotificationLogStore } from './notification-log-store.ts';
import { OutboxBodies } from './outbox-bodies.ts';
import { S3Writer } from './s3-writer.ts';
import { DynamoSilenceStore } from './silence-store.ts';
import { StateRows } from './state-rows.ts';
import { DynamoTimers, type WakeUpQueues } from './timers.ts';
import type { AwsTransport } from './transport.ts';

export interface AlertingResources {
  readonly stateTable: string;
  readonly archiveBucket: string;
  readonly queues: WakeUpQueues;
}

export function alertingStores(
  { stateTable, archiveBucket, queues }: AlertingResources,
  transport: AwsTransport,
  calls: JsonCallOptions,
): AlertingStores & { readonly timers: DynamoTimers; readonly rows: StateRows } {
  const rows = new StateRows(stateTable, transport, calls);
  const timers = new DynamoTimers(rows, queues, transport, calls);
  const bodies = new OutboxBodies(
    new S3BodyStore(archiveBucket, transport, calls),
    new S3Writer(archiveBucket, transport, calls),
    rows,
  );
  return {
    rows,
    timers,
    alerts: new DynamoAlertStore(rows),
    sources: new DynamoSourceStore(rows),
    silences: new DynamoSilenceStore(rows),
    log: new DynamoNotificationLogStore(rows),
    groups: new DynamoGroupStore(rows, timers, bodies),
  };
}
