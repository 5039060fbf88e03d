// `tidewatch slo backfill`: what it refuses before it asks AWS.
import { describe, expect, test } from 'vitest';
import { tidewatch } from '../../cli/run-cli.ts';

const CONFIG = ['--config', 'examples/slo.config.ts'];

describe('slo backfill', () => {
  test.each<[string, string[], string]>([
    ['a start that is no time', ['--from', 'yesterday'], '--from: expected a time such as'],
    ['a length that is none', ['--for', '90'], '--for: expected a duration such as 90d'],
    ['both', ['--for', '9d', '--from', '2026-01-01T00:00:00Z'], 'expected one of --from and --for'],
    ['an SLO that is not there', ['nosuch', ...CONFIG], 'has no SLO nosuch'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await tidewatch('slo', 'backfill', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
