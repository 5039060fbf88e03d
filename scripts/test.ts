// `npm test`: format and lint, types, then every test project; ends with the counts that vitest reported.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const report = join(root, '.tidewatch', 'vitest.json');

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
}

/** Runs a tool of the project and shows its output. @returns true when it succeeded */
function run(title: string, tool: string, args: readonly string[]): boolean {
  console.log(`\n=== ${title}`);
  const bin = join(root, 'node_modules', '.bin', tool);
  return spawnSync(bin, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

mkdirSync(dirname(report), { recursive: true });
const checks = [
  run('format and lint', 'biome', ['check', '--error-on-warnings', '.']),
  run('types', 'tsc', ['--noEmit']),
];
const tests = run('tests', 'vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
]);
const counts = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
const skipped = counts.numPendingTests > 0 ? `, ${counts.numPendingTests} skipped` : '';
const failedChecks = checks.filter((passed) => !passed).length;
if (failedChecks > 0) console.error(`\n${failedChecks} of format, lint and types failed, see above.`);
console.log(`\n${counts.numPassedTests} passed, ${counts.numFailedTests} failed${skipped}`);
process.exit(tests && counts.success && failedChecks === 0 ? 0 : 1);
