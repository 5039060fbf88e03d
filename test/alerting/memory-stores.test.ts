// The stores in memory pass the suite of the real ones.
import { describe } from 'vitest';
import type { WakeUp } from '../../lib/model/wake-up.ts';
import { MemoryAlerting, MemoryTimers } from '../support/memory-alerting.ts';
import { describeAlertingStores } from './stores-suite.ts';

describe('the stores of alert routing in memory', () => {
  const sent: WakeUp[] = [];
  const timers = new MemoryTimers((wakeUp) => sent.push(wakeUp));
  const stores = new MemoryAlerting(timers);
  describeAlertingStores(() => ({ stores, timers, sent: async () => sent }));
});
