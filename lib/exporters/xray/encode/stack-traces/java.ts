// Stack traces of the JVM, and of the PHP SDK, which writes them the same way.
import {
  addCause,
  lineNumber,
  linesOf,
  type ParsedException,
  type StackFrame,
  typeAndMessage,
} from './parsed-exception.ts';

const FRAME = '\tat ';
const CAUSED_BY = 'Caused by: ';

/** `\tat loader/pkg.Class.method(File.java:12)`, `Caused by: Type: message`; suppressed ones and `... 3 more` are skipped. */
export function parseJava(text: string, top: ParsedException): ParsedException[] {
  const lines = linesOf(text);
  const list = [top];
  let current = top;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line.startsWith(CAUSED_BY)) {
      const [type, first] = typeAndMessage(line.slice(CAUSED_BY.length));
      let message = first;
      // A message may have several lines: all up to the next frame.
      while (i + 1 < lines.length && frameOf(lines[i + 1] as string) === undefined) message += lines[++i];
      current = addCause(list, current, type, message);
      continue;
    }
    const frame = frameOf(line);
    if (frame !== undefined) current.frames.push(frame);
  }
  return list;
}

function frameOf(line: string): StackFrame | undefined {
  const bracket = line.indexOf('(');
  if (!line.startsWith(FRAME) || bracket < 0 || !line.endsWith(')')) return undefined;
  const label = line.slice(FRAME.length, bracket);
  const [path, number] = splitAtFirstColon(line.slice(bracket + 1, -1));
  // What stands before the first slash is a class loader or a module.
  return { path, line: lineNumber(number), label: label.slice(label.indexOf('/') + 1) };
}

function splitAtFirstColon(place: string): [path: string, line: string] {
  const colon = place.indexOf(':');
  return colon < 0 ? [place, ''] : [place.slice(0, colon), place.slice(colon + 1)];
}
