// The detectors against public labelled data, at the one fixed threshold. The data lies beside the repository.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataFolder, readEvents, readNab } from '../../bench/anomaly/datasets.ts';
import { scoreSeries } from '../../bench/anomaly/detectors.ts';
import { countEvents, eventF1 } from '../../bench/anomaly/event-score.ts';
import { nabProfiles, nabScore } from '../../bench/anomaly/nab-score.ts';
import { ALERT_SCORE } from '../../lib/anomaly/settings.ts';

const data = dataFolder();
const has = (name: string) => data !== undefined && existsSync(join(data, name));

describe.skipIf(!has('nab'))('Numenta Anomaly Benchmark (skipped where ../shared/data/nab is absent)', () => {
  test.each(['novelty', 'both'] as const)('head %s scores at least 72, 65 and 76', (head) => {
    const files = readNab(join(data!, 'nab')).map((series) => ({
      truth: series.truth,
      scores: scoreSeries(series, head),
    }));
    expect(nabScore(files, nabProfiles.standard, ALERT_SCORE)).toBeGreaterThanOrEqual(72);
    expect(nabScore(files, nabProfiles.lowFalsePositive, ALERT_SCORE)).toBeGreaterThanOrEqual(65);
    expect(nabScore(files, nabProfiles.lowFalseNegative, ALERT_SCORE)).toBeGreaterThanOrEqual(76);
  });
});

describe.skipIf(!has('cloud-monitoring'))('cloud monitoring set (skipped where the data is absent)', () => {
  test.each(['deviation', 'both'] as const)('head %s finds events with an F1 of at least 0.5', (head) => {
    const files = readEvents(join(data!, 'cloud-monitoring')).map((series) => ({
      labels: series.labels,
      scores: scoreSeries(series, head),
    }));
    expect(eventF1(countEvents(files, ALERT_SCORE)).f1).toBeGreaterThanOrEqual(0.5);
  });
});
