// Reads tidewatch.config.ts from disk, for the CLI and for infra/app.ts. Node strips the types while importing.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PermanentError } from '../model/errors.ts';

/** Looked for in the current folder when no path is given. */
export const CONFIG_FILE = 'tidewatch.config.ts';

/**
 * The default export of a configuration file, unchecked.
 * @param path relative to the current folder
 * @throws PermanentError `notFound` when there is no such file, `invalidConfig` when it cannot be loaded
 */
export async function loadConfig(path: string = CONFIG_FILE): Promise<unknown> {
  const file = resolve(path);
  if (!existsSync(file)) throw new PermanentError('notFound', `there is no configuration file ${path}`);
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module;
  } catch (cause) {
    throw new PermanentError('invalidConfig', `${path} cannot be loaded`, { cause });
  }
  if (module.default === undefined) {
    throw new PermanentError(
      'invalidConfig',
      `${path} has no default export; expected export default defineTidewatch({ … })`,
    );
  }
  return module.default;
}
