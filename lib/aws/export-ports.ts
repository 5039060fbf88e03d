// Everything export-telemetry keeps in AWS besides its destinations, made from the names of a deployment's resources.
import type { ExportPorts } from '../pipeline/ports.ts';
import { S3BodyStore } from './body-store.ts';
import type { JsonCallOptions } from './json-call.ts';
import { DynamoProgressStore } from './progress-store.ts';
import { SqsTelemetryQueue } from './telemetry-queue.ts';
import type { AwsTransport } from './transport.ts';

export interface ExportResources {
  readonly stateTable: string;
  readonly archiveBucket: string;
  readonly telemetryQueueUrl: string;
  readonly telemetryDeadLetterQueueUrl: string;
}

export function exportPorts(
  resources: ExportResources,
  transport: AwsTransport,
  calls: JsonCallOptions,
): ExportPorts {
  const { stateTable, archiveBucket, telemetryQueueUrl, telemetryDeadLetterQueueUrl } = resources;
  return {
    bodies: new S3BodyStore(archiveBucket, transport, calls),
    progress: new DynamoProgressStore(stateTable, transport, calls),
    queue: new SqsTelemetryQueue(telemetryQueueUrl, telemetryDeadLetterQueueUrl, transport, calls),
  };
}
