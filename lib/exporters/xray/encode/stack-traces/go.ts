// Stack traces of Go: a header for each goroutine, then pairs of a function line and a file line.
import { lineNumber, linesOf, type ParsedException } from './parsed-exception.ts';

/** `main.f(...)` followed by `\t/app/main.go:12 +0x1`. */
export function parseGo(text: string, top: ParsedException): ParsedException[] {
  const lines = linesOf(text);
  for (let i = 1; i < lines.length; i++) {
    const label = lines[i] as string;
    if (label === '' || isHeader(label)) continue;
    const place = placeOf(lines[i + 1] ?? '');
    if (place !== undefined) i++;
    top.frames.push({ path: place?.path ?? '', line: place?.line ?? 0, label });
  }
  return [top];
}

function isHeader(line: string): boolean {
  return line.startsWith('goroutine ') && line.endsWith(':');
}

/** The first `path:digits` of an indented line. */
function placeOf(line: string): { path: string; line: number } | undefined {
  if (!line.startsWith('\t') && !line.startsWith(' ')) return undefined;
  for (const word of line.split(/\s+/)) {
    const colon = /:(?=\d)/.exec(word)?.index ?? 0;
    if (colon === 0) continue;
    const path = word.slice(word.lastIndexOf(':', colon - 1) + 1, colon);
    if (path !== '') return { path, line: lineNumber(/^\d+/.exec(word.slice(colon + 1))![0]) };
  }
  return undefined;
}
