// The CDK app: `cdk deploy` deploys tidewatch.config.ts, `cdk deploy -c config=staging.config.ts` another one.
import { App } from 'aws-cdk-lib';
import type { TidewatchConfig } from '../lib/config/define.ts';
import { CONFIG_FILE, loadConfig } from '../lib/config/load.ts';
import { TidewatchStack } from './stacks/tidewatch-stack.ts';

const app = new App();
const file = (app.node.tryGetContext('config') as string | undefined) ?? CONFIG_FILE;
try {
  // Unchecked until the stack compiles it.
  new TidewatchStack(app, { config: (await loadConfig(file)) as TidewatchConfig });
  app.synth();
} catch (error) {
  // A stack trace would hide the list of problems; cdk says that the app failed.
  process.stderr.write(`${file}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
