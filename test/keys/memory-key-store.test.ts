// The store in memory passes the suite of the real one.
import { describe } from 'vitest';
import { describeKeyStore } from './key-store-suite.ts';
import { MemoryKeyStore } from './memory-key-store.ts';

describe('the key store in memory', () => {
  describeKeyStore(() => new MemoryKeyStore());
});
