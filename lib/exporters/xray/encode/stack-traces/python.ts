// Stack traces of Python: the innermost frame and the last exception come last in the text and first in X-Ray.
import {
  addCause,
  lineNumber,
  linesOf,
  type ParsedException,
  type StackFrame,
  typeAndMessage,
} from './parsed-exception.ts';

const FILE = '  File ';

/** Between two exceptions of a chain; the one above is the cause of the one below (implicit, and `raise … from`). */
const CHAINED = [
  'During handling of the above exception, another exception occurred:',
  'The above exception was the direct cause of the following exception:',
];

/** `  File "x.py", line 3, in f`, chains of both kinds, exception groups. */
export function parsePython(text: string, top: ParsedException): ParsedException[] {
  const lines = linesOf(text);
  if (lines.some((line) => /^\s*\+ Exception Group Traceback/.test(line))) return parseGroup(lines, top);
  const list = [top];
  let current = top;
  let end = lines.length;
  for (let start = end; start >= 0; start--) {
    if (start > 0 && !CHAINED.some((separator) => lines[start - 1]?.startsWith(separator))) continue;
    const block = lines.slice(start, end);
    if (end < lines.length) {
      const [type, message] = headOf(block);
      if (type === '' && message === '') break;
      current = addCause(list, current, type, message);
    }
    current.frames.push(...framesOf(block));
    end = start - 1;
  }
  return list;
}

/** Frames of one traceback, innermost first. Only top-level `File` lines with three parts are frames. */
function framesOf(block: readonly string[]): StackFrame[] {
  return block.flatMap((line) => frameOf(line)).reverse();
}

function frameOf(line: string): StackFrame[] {
  if (!line.startsWith(FILE)) return [];
  const quoted = /^"(.*)",(.*)$/.exec(line.slice(FILE.length));
  const path = quoted?.[1] ?? line.slice(FILE.length).split(',', 1)[0]!;
  const parts = (quoted?.[2] ?? line.slice(FILE.length + path.length + 1)).split(',');
  const [where, what] = parts;
  if (parts.length !== 2 || where === undefined || what === undefined || path === '') return [];
  return [
    {
      path,
      line: where.startsWith(' line ') ? lineNumber(where.slice(' line '.length)) : 0,
      label: what.startsWith(' in ') ? what.slice(' in '.length) : '',
    },
  ];
}

/** `Type: message` below the frames, the message with all its lines. Source lines and carets are indented. */
function headOf(block: readonly string[]): [type: string, message: string] {
  const lastFile = block.findLastIndex((line) => line.startsWith(FILE));
  if (lastFile < 0) return ['', ''];
  const head = block.findIndex((line, i) => i > lastFile && line !== '' && !line.startsWith(' '));
  if (head < 0) return ['', ''];
  let end = block.length;
  while (end > head && block[end - 1] === '') end--;
  return typeAndMessage(block.slice(head, end).join('\n'));
}

/** The group's own frames, then each exception in it with its own; the first of them is the group's cause. */
function parseGroup(lines: readonly string[], top: ParsedException): ParsedException[] {
  const list = [top];
  let current = top;
  let headSeen = true;
  for (const line of lines) {
    if (/^\s*\+-?\+?-+ \d+ -+$/.test(line)) {
      current = { type: '', message: '', frames: [], cause: undefined };
      list.push(current);
      headSeen = false;
      continue;
    }
    const text = line.replace(/^\s*[|+] ?/, '');
    current.frames.unshift(...frameOf(text));
    if (!headSeen && !text.startsWith(' ') && /^[\w.]+(:|$)/.test(text)) {
      [current.type, current.message] = typeAndMessage(text);
      headSeen = true;
    }
  }
  if (list.length > 1) top.cause = 1;
  return list;
}
