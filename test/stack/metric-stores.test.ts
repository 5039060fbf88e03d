// State of the metrics exporters through the signed client, in a table that was not written for them.
import { beforeAll } from 'vitest';
import { DynamoOperationStore } from '../../lib/aws/operation-store.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { DynamoSeriesStore } from '../../lib/aws/series-store.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';
import { describeSeriesStore } from '../exporters/cloudwatch-metrics/series-store-suite.ts';
import { describeOperationStore } from '../exporters/span-metrics/operation-store-suite.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { makeStateTable, signedClientOf } from './support/state-table.ts';

const emulator = emulatorForThisFile('test-metric-stores');
const TABLE = 'metric-stores-state';
const calls = { budget: new RetryBudget() };
let transport: AwsTransport;

beforeAll(async () => {
  await makeStateTable(emulator(), TABLE);
  transport = signedClientOf(emulator());
});

describeSeriesStore('DynamoDB', () => new DynamoSeriesStore(TABLE, transport, calls));
describeOperationStore('DynamoDB', () => new DynamoOperationStore(TABLE, transport, calls));
