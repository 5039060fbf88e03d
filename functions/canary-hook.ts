// A lifecycle hook of CodeDeploy: watches the new version for some minutes, compares it with the old one, and says
// whether the deployment goes on.
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { hookCall, passGate } from '../lib/anomaly/canary/gate.ts';
import { CodeDeployHooks } from '../lib/aws/deployment-hooks.ts';
import { CloudWatchMetricHistory } from '../lib/aws/metric-history.ts';
import { readRuntimeConfig } from '../lib/config/runtime.ts';
import { failureLog } from '../lib/middleware/failure-log.ts';

const { canary } = readRuntimeConfig<'canary'>(import.meta.url);
const write = (text: string) => process.stdout.write(text);
const ports = {
  history: new CloudWatchMetricHistory(),
  hooks: new CodeDeployHooks(),
  clock: Date.now,
  sleep: (milliseconds: number) => sleep(milliseconds),
};

export const handler = middy()
  .use(failureLog({ write }))
  .handler(async (event: unknown) => {
    const outcome = await passGate(ports, canary!, hookCall(event));
    write(`${JSON.stringify({ level: 'info', status: outcome.status, result: outcome.result })}\n`);
    return outcome;
  });
