// A file with alert routing, of whatever form → the same rules: an alertmanager.yml, or a tidewatch.config.ts.
import { existsSync, readFileSync } from 'node:fs';
import type { AlertmanagerConfig } from '../alerting/config/parse-tree.ts';
import { wrongUsage } from './failures.ts';

const CODE = /\.[cm]?[jt]s$/;

/**
 * @param path what `--config` says
 * @throws PermanentError `wrongUsage` when there is nothing to read, ConfigError or AlertmanagerConfigError with every
 * problem of what is there
 */
export async function readRoutingFile(path: string): Promise<AlertmanagerConfig> {
  if (!existsSync(path)) throw wrongUsage(`--config: cannot read ${path}`);
  if (CODE.test(path)) return readCode(path);
  const { readAlertmanagerFile } = await import('../config/alertmanager-file.ts');
  return readAlertmanagerFile(readFileSync(path, 'utf8'));
}

async function readCode(path: string): Promise<AlertmanagerConfig> {
  const [{ loadConfig }, { compileConfig }, { alertingRules }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/compile.ts'),
    import('../config/alerting-rules.ts'),
  ]);
  const { alerting } = compileConfig(await loadConfig(path)).runtime;
  if (alerting === undefined) throw wrongUsage(`--config: ${path} has no alerting`);
  return alertingRules(alerting);
}
