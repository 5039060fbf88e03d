// A file with SLOs, of whatever form → settings: OpenSLO v1 YAML, Tidewatch's own YAML or JSON, or a configuration.
import { existsSync, readFileSync } from 'node:fs';
import type { SloProblem } from '../slo/problems.ts';
import type { SloSettings } from '../slo/settings.ts';
import { CheckFailed, wrongUsage } from './failures.ts';
import { messageColours, say } from './output.ts';

const CODE = /\.[cm]?[jt]s$/;

/**
 * Reads SLOs; what is wrong with them is said on stderr.
 * @param path of a file; "-" is standard input
 * @throws CheckFailed when one of them has an error
 */
export async function readSloFile(path: string): Promise<readonly SloSettings[]> {
  if (path !== '-' && !existsSync(path)) throw wrongUsage(`there is no file ${path}`);
  const { slos, problems } = CODE.test(path) ? await readCode(path) : await readYaml(path);
  for (const problem of problems) {
    const colour = problem.level === 'error' ? messageColours.red : messageColours.yellow;
    say(`${colour(problem.level)}  ${problem.path === '' ? path : problem.path}: ${problem.message}`);
  }
  if (problems.some(({ level }) => level === 'error')) throw new CheckFailed();
  return slos;
}

interface Reading {
  readonly slos: readonly SloSettings[];
  readonly problems: readonly SloProblem[];
}

async function readCode(path: string): Promise<Reading> {
  const [{ loadConfig }, { readSloList }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/schema/slos.ts'),
  ]);
  return readSloList((await loadConfig(path)) as { slos?: unknown; sloOptions?: unknown });
}

async function readYaml(path: string): Promise<Reading> {
  const { readSloText } = await import('../config/slo-text.ts');
  return readSloText(readFileSync(path === '-' ? 0 : path, 'utf8'));
}
