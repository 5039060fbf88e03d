// The store in memory, by the suite of all stores.
import { MemorySloStore } from '../../support/memory-slo-store.ts';
import { describeSloStore } from './slo-store-suite.ts';

const store = new MemorySloStore();
describeSloStore('memory', () => store);
