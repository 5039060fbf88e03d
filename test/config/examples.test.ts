// The configurations of examples/ are taken as they are.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { checkConfig } from '../../lib/config/compile.ts';
import { ROOT } from '../support/import-graph.ts';

const files = globSync('examples/*.config.ts', { cwd: ROOT }).sort();

test.each(files)('%s has no errors', async (file) => {
  const { default: config } = (await import(pathToFileURL(join(ROOT, file)).href)) as { default: unknown };
  const { problems } = checkConfig(config);
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
});
