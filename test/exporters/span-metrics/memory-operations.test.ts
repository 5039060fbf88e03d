// The fake that other tests use passes the suite of the real one.
import { MemoryOperations } from '../../support/memory-operations.ts';
import { describeOperationStore } from './operation-store-suite.ts';

const store = new MemoryOperations();
describeOperationStore('memory', () => store);
