// What CloudWatch answers only rarely, so that no emulator can be asked for it: refused queries and half answers.
import type { CloudWatchClient, GetMetricDataCommand, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { identity } from '../../lib/anomaly/watch/watched-metrics.ts';
import { CloudWatchMetricHistory } from '../../lib/aws/metric-history.ts';

const STEP = 300_000;
const query = (name: string) => ({ metric: identity('Shop', name, {}), statistic: 'Sum' });

/** Refuses calls with a metric called `bad-…`; answers each other metric with one point. */
function refusing(status: (name: string) => string = () => 'Complete') {
  let calls = 0;
  const send = async ({ input }: GetMetricDataCommand) => {
    calls++;
    const names = input.MetricDataQueries!.map(({ MetricStat }) => MetricStat!.Metric!.MetricName!);
    if (names.some((name) => name.startsWith('bad'))) {
      throw Object.assign(new Error('no such statistic'), {
        name: 'ValidationError',
        $metadata: { httpStatusCode: 400 },
      });
    }
    return {
      MetricDataResults: names.map(
        (name, at): MetricDataResult => ({
          Id: `m${at}`,
          StatusCode: status(name) as 'Complete',
          Timestamps: [new Date(0)],
          Values: [name.length],
        }),
      ),
    };
  };
  const history = new CloudWatchMetricHistory({ send } as unknown as CloudWatchClient);
  return {
    read: (names: readonly string[]) => history.read(names.map(query), STEP, 0, STEP),
    calls: () => calls,
  };
}

describe('a history of many series', () => {
  test('gives all series but the ones that CloudWatch refuses, which have no points', async () => {
    const { read, calls } = refusing();
    const names = Array.from({ length: 1_000 }, (_, at) => (at === 3 || at === 700 ? 'bad' : 'metric'));
    const series = await read(names);
    expect(series.map(({ length }) => length)).toEqual(names.map((name) => (name === 'bad' ? 0 : 1)));
    expect(calls()).toBeLessThan(50);
  });

  test('fails when CloudWatch refuses every one of them, or very many', async () => {
    await expect(refusing().read(['bad'])).rejects.toMatchObject({ reason: 'rejected' });
    await expect(refusing().read(['bad-1', 'bad-2'])).rejects.toMatchObject({ reason: 'rejected' });
    const { read, calls } = refusing();
    await expect(read(Array.from({ length: 500 }, () => 'bad'))).rejects.toMatchObject({
      reason: 'rejected',
    });
    expect(calls()).toBeLessThan(100);
  });

  test('is not taken for whole when some points of a series did not come', async () => {
    const { read } = refusing((name) => (name === 'half' ? 'PartialData' : 'Complete'));
    await expect(read(['whole', 'half'])).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
