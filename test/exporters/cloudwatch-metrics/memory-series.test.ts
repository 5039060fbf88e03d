// The fake that other tests use passes the suite of the real one.
import { MemorySeries } from '../../support/memory-series.ts';
import { describeSeriesStore } from './series-store-suite.ts';

const store = new MemorySeries();
describeSeriesStore('memory', () => store);
