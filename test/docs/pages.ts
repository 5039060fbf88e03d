// The pages that users read, with what tests look at: code blocks, commands, links.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/import-graph.ts';

export interface Page {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly text: string;
}

/** README, ARCHITECTURE and docs/, without decisions. */
export const PAGES: readonly Page[] = [
  'README.md',
  'ARCHITECTURE.md',
  ...globSync('docs/*.md', { cwd: ROOT }),
]
  .map((file) => file.replaceAll('\\', '/'))
  .sort()
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

/** Bodies of fenced blocks. @param language what stands behind the fence; empty for none */
export function blocks({ text }: Page, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].flatMap(([, name, body]) =>
    name === language ? [body!] : [],
  );
}

/** What follows `tidewatch` in each command line of a page: in blocks, and between backticks. */
export function commandLines(page: Page): readonly string[] {
  const inBlocks = ['', 'yaml', 'sh'].flatMap((language) =>
    blocks(page, language).flatMap((body) => body.split('\n')),
  );
  const prose = page.text.replaceAll(/^```[\s\S]*?^```/gm, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!.replaceAll('\\|', '|'));
  return [...inBlocks, ...spans].flatMap((line) => {
    const found = /^(?:\s*run: )?\s*(?:npx )?tidewatch ([a-z].*)$/.exec(line);
    return found === null ? [] : [found[1]!];
  });
}
