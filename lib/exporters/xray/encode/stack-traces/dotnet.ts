// Stack traces of .NET, with inner exceptions: the text names them first and prints the innermost one's frames first.
import {
  addCause,
  lineNumber,
  linesOf,
  type ParsedException,
  type StackFrame,
  typeAndMessage,
} from './parsed-exception.ts';

const INNER = '---> ';
const END_OF_INNER = '--- End of inner exception stack trace ---';

/** `at Ns.Class.M(args) in /src/x.cs:line 7`, or without file; ` ---> Type: message` opens an inner exception. */
export function parseDotnet(text: string, top: ParsedException): ParsedException[] {
  const list = [top];
  // The exceptions that are open; frames belong to the innermost until its end is marked.
  const open = [top];
  linesOf(text).forEach((raw, i) => {
    const line = raw.trim();
    const current = open.at(-1) as ParsedException;
    if (line.startsWith(INNER))
      open.push(addCause(list, current, ...typeAndMessage(line.slice(INNER.length))));
    else if (line === END_OF_INNER && open.length > 1) open.pop();
    else if (i > 0 && line.startsWith('at ')) current.frames.push(...frameOf(line.slice('at '.length)));
  });
  return list;
}

function frameOf(text: string): StackFrame[] {
  const close = text.indexOf(') in ');
  const split = close >= 0 ? close + 1 : text.indexOf(' in ');
  if (split >= 0) {
    return [{ ...placeOf(text.slice(split + ' in '.length)), label: text.slice(0, split) }];
  }
  const end = text.lastIndexOf(')');
  return end < 0 ? [] : [{ path: '', line: 0, label: text.slice(0, end + 1) }];
}

function placeOf(place: string): { path: string; line: number } {
  const colon = place.lastIndexOf(':');
  const behind = place.slice(colon + 1);
  // The colon of a drive (`C:\src`) is part of the path.
  if (colon < 0 || /[\\/]/.test(behind)) return { path: place, line: 0 };
  return { path: place.slice(0, colon), line: lineNumber(behind.replace(/^line ?/, '')) };
}
