// The stores in memory do what the real ones do.
import { describe } from 'vitest';
import { MemoryChanges, MemoryObjects } from './memory-ports.ts';
import { describeChangeLog, describeVersionedObjects } from './ports-suite.ts';

describe('objects in memory', () => {
  const store = new MemoryObjects();
  describeVersionedObjects(() => store);
});

describe('a change log in memory', () => {
  describeChangeLog(() => new MemoryChanges());
});
