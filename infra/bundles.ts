// Finds the built functions: `dist/functions/<name>/index.mjs` of this package, whether it is a clone or installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The functions of functions/, by the name of their file. */
export type FunctionName =
  | 'ingest-otlp'
  | 'export-telemetry'
  | 'evaluate-slos'
  | 'detect-anomalies'
  | 'record-changes'
  | 'canary-hook'
  | 'watch-logs'
  | 'route-alerts'
  | 'notify'
  | 'sweep-timers'
  | 'escalate'
  | 'api'
  | 'receive-events';

/** The file that a bundle consists of, besides its source map. */
export const ENTRY = 'index.mjs';

/** The folder that holds one folder for each built function. */
export function builtFunctions(): string {
  return join(packageFolder(dirname(fileURLToPath(import.meta.url))), 'dist', 'functions');
}

/**
 * The folder with the bundle of one function.
 * @param bundles folder that holds one folder for each function
 * @throws Error when the function was not built
 */
export function bundleFolder(bundles: string, name: FunctionName): string {
  const folder = join(bundles, name);
  if (existsSync(join(folder, ENTRY))) return folder;
  throw new Error(`the function ${name} is not built: expected ${join(folder, ENTRY)}; run "npm run build"`);
}

/** Upwards to the folder with package.json: the clone, or node_modules/tidewatch. */
function packageFolder(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const up = dirname(from);
  if (up === from) throw new Error('tidewatch has lost its package.json; install the package again');
  return packageFolder(up);
}
