// The CDK app of the anomaly end-to-end test: the construct alone, so that nothing else reads the alert queue.
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { AnomalyDetection } from '../../infra/constructs/anomaly-detection.ts';

const app = new App();
const stack = new Stack(app, 'TidewatchAnomaly');
const { alertBus, bucket } = new AnomalyDetection(stack, 'Anomalies', {
  config: {
    anomalies: {
      watch: [{ preset: 'spans', publishScore: true }],
      logPatterns: { groups: ['/shop/*'] },
    },
    deployment: { removal: 'destroy' },
  },
});
new CfnOutput(stack, 'AlertQueueUrl', { value: alertBus.queue.queueUrl });
new CfnOutput(stack, 'AnomalyBucketName', { value: bucket.bucketName });
app.synth();
