// Writes changes of the system to the state table, where they are kept for two weeks.
import type { Change, ChangeRecorder } from '../anomaly/ports.ts';
import { type JsonCallOptions, JsonService } from './json-call.ts';
import { changeRow } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

const KEPT_SECONDS = 14 * 86_400;

export class DynamoChangeRecorder implements ChangeRecorder {
  private readonly table: string;
  private readonly dynamo: JsonService;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
  }

  async record(change: Change): Promise<void> {
    const { pk, sk } = changeRow(change.time, change.id);
    await this.dynamo.call('PutItem', {
      TableName: this.table,
      Item: {
        pk: { S: pk },
        sk: { S: sk },
        change: { S: JSON.stringify(change) },
        expiresAt: { N: String(Math.floor(change.time / 1_000) + KEPT_SECONDS) },
      },
    });
  }
}
