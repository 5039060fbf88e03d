// Stack traces of Node.js and browsers: V8's form, and that of Firefox and Safari.
import {
  addCause,
  lineNumber,
  linesOf,
  type ParsedException,
  type StackFrame,
  typeAndMessage,
} from './parsed-exception.ts';

const FRAME = '    at ';

/** V8: `    at label (path:line:column)`, causes as `util.inspect` prints them. Else `label@path:line:column`. */
export function parseJavaScript(text: string, top: ParsedException): ParsedException[] {
  const lines = linesOf(text);
  const list = [top];
  let current = top;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    const cause = /^\s+\[cause\]: (.*)$/.exec(line)?.[1];
    if (cause !== undefined) {
      const [type, message] = typeAndMessage(cause);
      current = addCause(list, current, type, message);
      continue;
    }
    // Frames of a cause are indented further than those of the error itself.
    const start = current === top ? (line.startsWith(FRAME) ? FRAME.length : 0) : indentedFrame(line);
    const frame = start === 0 ? undefined : v8Frame(line.slice(start));
    if (frame !== undefined) current.frames.push(frame);
  }
  if (list.length === 1 && top.frames.length === 0) top.frames.push(...lines.flatMap(geckoFrame));
  return list;
}

/** @returns where the frame's text starts, 0 when the line is no frame */
function indentedFrame(line: string): number {
  return /^ {6,}at /.exec(line)?.[0].length ?? 0;
}

function v8Frame(text: string): StackFrame | undefined {
  // The frame before a list of properties, such as a cause, ends with their bracket.
  const body = text.endsWith(' {') ? text.slice(0, -2) : text;
  const bracket = body.indexOf('(');
  if (bracket >= 0 && body.endsWith(')')) {
    return { ...placeOf(body.slice(bracket + 1, -1)), label: body.slice(0, bracket).trimEnd() };
  }
  const place = placeOf(body);
  // A bracket may also belong to the path, if the text ends as a place does.
  return body === '' || (bracket >= 0 && place.line === 0) ? undefined : { ...place, label: '' };
}

/** Splits from the right: paths hold colons (`file:///`, `node:`, `C:\`). */
function placeOf(place: string): { path: string; line: number } {
  const column = place.lastIndexOf(':');
  const line = place.lastIndexOf(':', column - 1);
  if (line > 0 && isDigits(place.slice(line + 1, column)) && isDigits(place.slice(column + 1))) {
    return { path: place.slice(0, line), line: lineNumber(place.slice(line + 1, column)) };
  }
  return { path: column < 0 && place.includes('native') ? 'native' : place, line: 0 };
}

function geckoFrame(text: string): StackFrame[] {
  const at = text.indexOf('@');
  if (at < 0) return [];
  const place = placeOf(text.slice(at + 1));
  return place.line === 0 ? [] : [{ ...place, label: text.slice(0, at) }];
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text);
}
