// The text of an alertmanager.yml as a tree of texts, lists and maps.
import { parseDocument } from 'yaml';
import type { ConfigReader, YamlValue } from './reader.ts';

/** Aliases may be used this often in all: a file must not blow up when it is read. */
const MAX_ALIASES = 1_000;

/**
 * Reads YAML without guessing types: `503` and `"503"` are the same text, only an empty value is null. Only the first
 * document counts, as in Alertmanager.
 * @returns undefined if the text is no YAML; each problem is noted
 */
export function readYamlTree(text: string, reader: ConfigReader): YamlValue | undefined {
  const document = parseDocument(text, {
    schema: 'failsafe',
    customTags: ['null', 'merge'],
    merge: true,
    uniqueKeys: true,
    prettyErrors: true,
    logLevel: 'silent',
  });
  const errors = document.errors.filter(({ code }) => code !== 'MULTIPLE_DOCS');
  for (const { message } of errors) reader.problem('', `no valid YAML: ${message.split('\n')[0]}`);
  if (errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as YamlValue;
  } catch (error) {
    return reader.problem('', `no valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}
