// cfn-lint on the templates, when it is on the machine: on the PATH, or in the project's own virtual environment
// (local/requirements-test.txt).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { synthesize } from './synthesize.ts';

/** CDK writes DependsOn beside references that imply it. */
const IGNORED = 'W3005';

const OWN = join(import.meta.dirname, '..', '..', '.tidewatch', 'python', 'bin', 'cfn-lint');

const linter = [OWN, 'cfn-lint'].find((command) =>
  command === OWN ? existsSync(OWN) : spawnSync(command, ['--version']).status === 0,
);
if (linter === undefined) {
  console.warn(
    'cfn-lint is not on this machine, its test is skipped: pip install -r local/requirements-test.txt',
  );
}

test.skipIf(linter === undefined).each<[string, TidewatchConfig]>([
  ['the defaults', {}],
  [
    'every choice turned',
    {
      ingest: { door: 'httpApi', reservedConcurrency: 5 },
      tiers: { expireAfter: '400d' },
      deployment: { encryption: 'customerKey', removal: 'destroy', alarms: { emails: ['ops@example.com'] } },
    },
  ],
])('cfn-lint has nothing to say about %s', (_name, config) => {
  const { templateFile } = synthesize(config);
  const run = spawnSync(linter as string, ['--ignore-checks', IGNORED, '-t', templateFile], {
    encoding: 'utf8',
  });
  expect(run.stdout + run.stderr).toBe('');
  expect(run.status).toBe(0);
});
