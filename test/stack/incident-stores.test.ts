// Incidents, pagers and overrides in DynamoDB, in a table that was not written for them.
import { beforeAll, describe } from 'vitest';
import { DynamoIncidentStore } from '../../lib/aws/incident-store.ts';
import { DynamoOverrideStore, DynamoPagerStore } from '../../lib/aws/on-call-stores.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { StateRows } from '../../lib/aws/state-rows.ts';
import { describeOnCallStores, type Stores } from '../incidents/stores-suite.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { makeStateTable, signedClientOf } from './support/state-table.ts';

const emulator = emulatorForThisFile('test-incident-stores');
const TABLE = 'incident-stores-state';
let stores: Stores;

beforeAll(async () => {
  await makeStateTable(emulator(), TABLE);
  const rows = new StateRows(TABLE, signedClientOf(emulator()), { budget: new RetryBudget() });
  stores = {
    incidents: new DynamoIncidentStore(rows),
    pagers: new DynamoPagerStore(rows),
    overrides: new DynamoOverrideStore(rows),
  };
});

describe('stores of incidents on DynamoDB', () => {
  describeOnCallStores(() => stores);
});
