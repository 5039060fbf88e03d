// Build: compiles lib/ and infra/ for package users and bundles every file of functions/ with esbuild.
// Output: dist/lib, dist/infra (JavaScript and types) and dist/functions/<name>/index.mjs (minified ESM, source map).
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** Bundles one Lambda function; `functions/export-telemetry.ts` becomes `dist/functions/export-telemetry/index.mjs`. */
async function bundleFunction(file: string): Promise<void> {
  const name = basename(file, '.ts');
  await build({
    entryPoints: [join(root, 'functions', file)],
    outfile: join(dist, 'functions', name, 'index.mjs'),
    bundle: true,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    metafile: false,
    // Some SDK dependencies are CommonJS and call require at run time.
    ...(needsRequire(name) && {
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    }),
    logLevel: 'warning',
  });
}

/** ingest-otlp carries no SDK client, so its bundle does without the CommonJS shim. */
function needsRequire(name: string): boolean {
  return name !== 'ingest-otlp';
}

/** Runs the TypeScript compiler that the project pins. */
function compile(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const functions = existsSync(join(root, 'functions'))
  ? readdirSync(join(root, 'functions')).filter((file) => file.endsWith('.ts'))
  : [];
compile();
await Promise.all(functions.map(bundleFunction));
const cli = join(dist, 'lib', 'cli', 'main.js');
if (existsSync(cli)) chmodSync(cli, 0o755);
