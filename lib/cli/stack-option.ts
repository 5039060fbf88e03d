// `--stack NAME`, which every command about a deployment takes.
import type { Command } from 'commander';
import { DEPLOYMENT_DEFAULTS } from '../config/deployment.ts';

export interface StackOption {
  readonly stack: string;
}

export function addStackOption(command: Command): Command {
  return command.option(
    '--stack <name>',
    'CloudFormation stack of the deployment',
    DEPLOYMENT_DEFAULTS.stackName,
  );
}
