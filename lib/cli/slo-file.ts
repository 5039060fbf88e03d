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
  const [{ loadConfig }, { readSlos }] = await Promise.all([
    import('../config/load.ts'),
    import('../slo/definition/read-slos.ts'),
  ]);
  return readSlos(((await loadConfig(path)) as { slos?: unknown }).slos);
}

async function readYaml(path: string): Promise<Reading> {
  const [{ readYamlDocuments }, { isOpenSlo }, { readOpenSlo }, { readSlos }] = await Promise.all([
    import('../config/yaml-documents.ts'),
    import('../slo/openslo/document-set.ts'),
    import('../slo/openslo/read-openslo.ts'),
    import('../slo/definition/read-slos.ts'),
  ]);
  const { documents, problems } = readYamlDocuments(readFileSync(path === '-' ? 0 : path, 'utf8'));
  if (problems.length > 0) return { slos: [], problems };
  if (documents.some(({ value }) => isOpenSlo(value))) return readOpenSlo(documents);
  const [first] = documents;
  if (Array.isArray(first?.value)) return readSlos(first.value, '');
  const fields = first?.value as Record<string, unknown> | undefined;
  if (documents.length === 1 && Array.isArray(fields?.slos)) return readTidewatch(fields, readSlos);
  const message = 'expected OpenSLO v1 documents, or an object with a list "slos"';
  return { slos: [], problems: [{ level: 'error', path: '', message }] };
}

function readTidewatch(fields: Record<string, unknown>, readSlos: (list: unknown) => Reading): Reading {
  const unknown = Object.keys(fields).filter((key) => key !== 'slos');
  const { slos, problems } = readSlos(fields.slos);
  const more = unknown.map(
    (path): SloProblem => ({ level: 'error', path, message: 'unknown key; known is slos' }),
  );
  return { slos, problems: [...more, ...problems] };
}
