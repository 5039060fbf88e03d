// The metrics in memory, by the suite of all readers.
import { describeMetricReader } from './metric-reader-suite.ts';
import { World } from './world.ts';

const world = new World();
describeMetricReader('memory', () => ({
  reader: world.metrics,
  put: async (metric, at, value) => world.add(metric, at, value),
}));
