// The text of a file with SLOs, of whatever form → settings: OpenSLO v1 YAML, Tidewatch's own YAML or JSON, or a plain
// list of targets.
import { readSlos, type SloReading } from '../slo/definition/read-slos.ts';
import { isPlainTargets, readPlainTargets } from '../slo/foreign/plain-targets.ts';
import { isOpenSlo } from '../slo/openslo/document-set.ts';
import { readOpenSlo } from '../slo/openslo/read-openslo.ts';
import type { SloProblem } from '../slo/problems.ts';
import { readYamlDocuments } from './yaml-documents.ts';

/** Reads SLOs; whatever is wrong with the text is a problem, never an exception. */
export function readSloText(text: string): SloReading {
  const { documents, problems } = readYamlDocuments(text);
  if (problems.length > 0) return { slos: [], problems };
  if (documents.some(({ value }) => isOpenSlo(value))) return readOpenSlo(documents);
  const [first] = documents;
  if (documents.length === 1 && isPlainTargets(first?.value)) return readPlainTargets(first?.value);
  if (Array.isArray(first?.value)) return readSlos(first.value, '');
  const fields = first?.value as Record<string, unknown> | undefined;
  if (documents.length === 1 && Array.isArray(fields?.slos)) return readOwnForm(fields);
  const message = 'expected OpenSLO v1 documents, or an object with a list "slos"';
  return { slos: [], problems: [{ level: 'error', path: '', message }] };
}

function readOwnForm(fields: Record<string, unknown>): SloReading {
  const unknown = Object.keys(fields).filter((key) => key !== 'slos');
  const { slos, problems } = readSlos(fields.slos);
  const more = unknown.map(
    (path): SloProblem => ({ level: 'error', path, message: 'unknown key; known is slos' }),
  );
  return { slos, problems: [...more, ...problems] };
}
