// The stack that `cdk deploy` makes from tidewatch.config.ts.
import { type App, Stack } from 'aws-cdk-lib';
import { compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { Tidewatch } from '../tidewatch.ts';

export interface TidewatchStackProps {
  readonly config: TidewatchConfig;
  readonly bundles?: string;
}

/** Not bound to an account or Region: it goes where the AWS variables of the shell point. */
export class TidewatchStack extends Stack {
  readonly tidewatch: Tidewatch;

  constructor(app: App, props: TidewatchStackProps) {
    const { stackName } = compileConfig(props.config).deployment;
    super(app, stackName, { description: 'Tidewatch: observability for teams on AWS' });
    this.tidewatch = new Tidewatch(this, 'Tidewatch', props);
  }
}
