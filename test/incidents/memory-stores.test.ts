// The stores in memory that other tests use, held to what the real ones do.
import { describe } from 'vitest';
import { MemoryIncidentStore, MemoryOverrideStore, MemoryPagerStore } from './memory-stores.ts';
import { describeOnCallStores } from './stores-suite.ts';

describe('stores of incidents in memory', () => {
  const stores = {
    incidents: new MemoryIncidentStore(),
    pagers: new MemoryPagerStore(),
    overrides: new MemoryOverrideStore(),
  };
  describeOnCallStores(() => stores);
});
