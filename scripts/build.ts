// Build: compiles lib/ and infra/ for package users and bundles every file of functions/ with esbuild.
// Output: dist/lib, dist/infra (JavaScript and types) and dist/functions/<name>/index.mjs (minified ESM, source map).
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { functionBundle } from './function-bundle.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** Bundles one Lambda function; `functions/export-telemetry.ts` becomes `dist/functions/export-telemetry/index.mjs`. */
async function bundleFunction(file: string): Promise<void> {
  const outfile = join(dist, 'functions', basename(file, '.ts'), 'index.mjs');
  await build(functionBundle(join(root, 'functions', file), outfile));
}

/** Runs the TypeScript compiler that the project pins. */
function compile(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
compile();
const functions = readdirSync(join(root, 'functions')).filter((file) => file.endsWith('.ts'));
await Promise.all(functions.map(bundleFunction));
chmodSync(join(dist, 'lib', 'cli', 'main.js'), 0o755);
