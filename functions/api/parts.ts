// What the routes of all domains are made of.
import type { JsonCallOptions } from '../../lib/aws/json-call.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';

export interface ApiParts {
  readonly stateTable: string;
  readonly transport: AwsTransport;
  readonly calls: JsonCallOptions;
}
