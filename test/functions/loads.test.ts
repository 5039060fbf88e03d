// What a deployed function carries: nothing that only the check, the command line or the deployment needs.
import { expect, test } from 'vitest';
import { readSources } from '../support/import-graph.ts';

const sources = readSources('lib', 'functions');
const byFile = new Map(sources.map((source) => [source.file, source]));
const handlers = sources.map(({ file }) => file).filter((file) => /^functions\/[^/]+\.ts$/.test(file));
const NOT_DEPLOYED = /^(zod|yaml|commander|picocolors|esbuild|typescript|constructs|aws-cdk.*)$/;

/** Packages that a bundle has in it: what is imported later is in it too, types are not. */
function bundled(file: string): ReadonlySet<string> {
  const seen = new Set<string>([file]);
  const packages = new Set<string>();
  for (const at of seen) {
    for (const item of byFile.get(at)?.imports ?? []) {
      if (item.typeOnly) continue;
      if (item.file !== undefined) seen.add(item.file);
      if (item.package !== undefined) packages.add(item.package);
    }
  }
  return packages;
}

test('there are functions', () => {
  expect(handlers.length).toBeGreaterThan(10);
});

test.each(handlers)('%s carries nothing that only the check, the CLI or the CDK need', (file) => {
  expect([...bundled(file)].filter((name) => NOT_DEPLOYED.test(name))).toEqual([]);
});
