// Stack traces whose frames are one line each, or two for Rust: Ruby, PHP's own form, C++, Elixir, Rust.
import { lineNumber, linesOf, type ParsedException, type StackFrame } from './parsed-exception.ts';

type FramePattern = (line: string, next: string) => StackFrame | undefined;

/** `app.rb:3:in 'take'`, with `from` before all but the first. */
const ruby: FramePattern = (line) => {
  const found = /^\s*(?:from )?([^\s:][^:]*):(\d+):in [`']([^']*)'/.exec(line);
  return found ? { path: found[1]!, line: lineNumber(found[2]!), label: found[3]! } : undefined;
};

/** `#0 /app/Stock.php(42): Shop\Stock->take(3)`. */
const php: FramePattern = (line) => {
  const found = /^#\d+ (\S.*)\((\d+)\): (.*)$/.exec(line);
  return found ? { path: found[1]!, line: lineNumber(found[2]!), label: found[3]! } : undefined;
};

/** `#0 take() at stock.cpp:42`, as debuggers and backtrace libraries print it. */
const cpp: FramePattern = (line) => {
  const found = /^\s*#\d+:?\s+(?:0x[0-9a-fA-F]+ in )?(\S.*) at (\S.*):(\d+)/.exec(line);
  return found ? { path: found[2]!, line: lineNumber(found[3]!), label: found[1]! } : undefined;
};

/** `(shop 0.1.0) lib/shop.ex:12: Shop.take/1`. */
const elixir: FramePattern = (line) => {
  const found = /^\s*(?:\([^)]*\) )?([^\s:]+):(\d+): (\S.*)$/.exec(line);
  return found ? { path: found[1]!, line: lineNumber(found[2]!), label: found[3]! } : undefined;
};

/** `   0: shop::take` followed by `             at ./src/main.rs:3:5`. */
const rust: FramePattern = (line, next) => {
  const label = /^\s*\d+: (\S.*)$/.exec(line)?.[1];
  if (label === undefined) return undefined;
  const place = /^\s+at (\S.*):(\d+):\d+$/.exec(next);
  return { path: place?.[1] ?? '', line: lineNumber(place?.[2] ?? ''), label };
};

function parserOf(pattern: FramePattern) {
  return (text: string, top: ParsedException): ParsedException[] => {
    const lines = linesOf(text);
    lines.forEach((line, i) => {
      const frame = pattern(line, lines[i + 1] ?? '');
      if (frame !== undefined) top.frames.push(frame);
    });
    return [top];
  };
}

export const parseRuby = parserOf(ruby);
export const parsePhp = parserOf(php);
export const parseCpp = parserOf(cpp);
export const parseElixir = parserOf(elixir);
export const parseRust = parserOf(rust);
