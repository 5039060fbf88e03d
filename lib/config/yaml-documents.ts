// YAML text → plain documents, with a problem for each mistake. Aliases are limited, since a small file can otherwise
// unfold into more than memory holds.
import { parseAllDocuments, stringify } from 'yaml';
import type { Problem } from './problem.ts';

export interface YamlDocuments {
  /** Plain values, one a document that is not empty; `path` is empty when there is one, else `documents[n]`. */
  readonly documents: readonly { readonly value: unknown; readonly path: string }[];
  readonly problems: readonly Problem[];
}

/** Bounds how often aliases are followed. */
const ALIASES_MAX = 100;

/** Reads all documents of a YAML (or JSON) text. Never throws. */
export function readYamlDocuments(text: string): YamlDocuments {
  const problems: Problem[] = [];
  const values: unknown[] = [];
  const parsed = parseAllDocuments(text, { version: '1.2', uniqueKeys: true, prettyErrors: true });
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const { message } of document.errors)
      problems.push({ level: 'error', path: '', message: firstLine(message) });
    if (document.errors.length > 0) continue;
    try {
      const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
      if (value !== null && value !== undefined) values.push(value);
    } catch (error) {
      problems.push({ level: 'error', path: '', message: firstLine((error as Error).message) });
    }
  }
  const documents = values.map((value, index) => ({
    value,
    path: values.length === 1 ? '' : `documents[${index}]`,
  }));
  return { documents, problems };
}

/** Plain data as YAML text. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 110 });
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.replace(/:$/, '');
}
