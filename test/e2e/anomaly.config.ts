// The deployment of the anomaly end-to-end test: span metrics and one metric of its own.
import { defineTidewatch } from '../../lib/config/define.ts';

export default defineTidewatch({
  anomalies: { watch: [{ preset: 'spans', publishScore: true }] },
  deployment: { stackName: 'TidewatchAnomaly', removal: 'destroy' },
});
