// Stack traces of each language: what X-Ray shows of them. The reference shares these parsers, so they stand on their own.
import { describe, expect, test } from 'vitest';
import { parseStackTrace } from '../../../lib/exporters/xray/encode/stack-traces/parse-stack-trace.ts';

/** Exceptions as `type: message`, each with frames as `label @ path:line`; an arrow before the place of its cause. */
function shown(language: string | undefined, lines: readonly string[]): string[] {
  return parseStackTrace(language, 'T', 'm', lines.join('\n')).flatMap(({ type, message, frames, cause }) => [
    `${type}: ${message}${cause === undefined ? '' : ` -> ${cause}`}`,
    ...frames.map(({ label, path, line }) => `${label} @ ${path}:${line}`),
  ]);
}

describe.each(['nodejs', 'webjs', 'javascript'])('%s', (language) => {
  test.each<[string, string[], string[]]>([
    ['a plain frame', ['    at take (/app/a.js:42:5)'], ['take @ /app/a.js:42']],
    ['a file URL', ['    at take (file:///app/a.mjs:10:5)'], ['take @ file:///app/a.mjs:10']],
    [
      'a module of Node.js',
      ['    at node:internal/process/task_queues:95:5'],
      [' @ node:internal/process/task_queues:95'],
    ],
    [
      'a drive',
      ['    at async Cart.add [as put] (C:\\app\\b.js:7:3)'],
      ['async Cart.add [as put] @ C:\\app\\b.js:7'],
    ],
    [
      'a page',
      ['    at https://shop.example.com:8443/app.js:9:1'],
      [' @ https://shop.example.com:8443/app.js:9'],
    ],
    ['native code', ['    at Array.map (native)'], ['Array.map @ native:0']],
    ['Firefox', ['take@https://shop.example.com/app.js:42:5'], ['take @ https://shop.example.com/app.js:42']],
    ['CR LF', ['    at a (/x.js:1:2)\r', '    at b (/y.js:3:4)\r'], ['a @ /x.js:1', 'b @ /y.js:3']],
    ['other lines', ['    some text', '    at '], []],
  ])('%s', (_, lines, frames) => {
    expect(shown(language, ['Error: m', ...lines])).toEqual(['T: m', ...frames]);
  });

  test('causes', () => {
    const lines = [
      'Error: m',
      '    at a (/a.js:1:1) {',
      '  [cause]: TypeError: no',
      '      at b (/b.js:2:2)',
      '}',
    ];
    expect(shown(language, lines)).toEqual(['T: m -> 1', 'a @ /a.js:1', 'TypeError: no', 'b @ /b.js:2']);
  });
});

test.each<[string, string | undefined, string[], string[]]>([
  [
    'java',
    'java',
    [
      'x.Y: m',
      '\tat app//a.B.c(B.java:12)',
      'Caused by: d.E: first',
      'second',
      '\tat f.G.h(Native Method)',
      '\t... 3 more',
    ],
    ['T: m -> 1', '/a.B.c @ B.java:12', 'd.E: firstsecond', 'f.G.h @ Native Method:0'],
  ],
  [
    'python',
    'python',
    [
      'Traceback (most recent call last):',
      '  File "/app/a,b.py", line 3, in f',
      '    g()',
      'KeyError: 1',
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "/app/c.py", line 7, in outer',
      '    f()',
      '  File "/app/d.py", line 9, in inner',
      '    raise',
      'ValueError: m',
    ],
    ['T: m -> 1', 'inner @ /app/d.py:9', 'outer @ /app/c.py:7', 'KeyError: 1', 'f @ /app/a,b.py:3'],
  ],
  [
    'python: a cause without a message',
    'python',
    [
      '  File "/a.py", line 1, in f',
      'KeyError',
      'During handling of the above exception, another exception occurred:',
      '  File "/b.py", line 2, in g',
      'E: m',
    ],
    ['T: m -> 1', 'g @ /b.py:2', 'KeyError: ', 'f @ /a.py:1'],
  ],
  ['python: what the collector crashes at', 'python', ['Traceback', '  File "', 'x'], ['T: m']],
  [
    'dotnet',
    'dotnet',
    [
      'System.Exception: m',
      ' ---> System.IO.IOException: disk',
      '   at A.B(String s) in C:\\src\\a.cs:line 7',
      '   --- End of inner exception stack trace ---',
      '   at C.D() in /src in b/c.cs:line 9',
      '   at E.F()',
    ],
    [
      'T: m -> 1',
      'C.D() @ /src in b/c.cs:9',
      'E.F() @ :0',
      'System.IO.IOException: disk',
      'A.B(String s) @ C:\\src\\a.cs:7',
    ],
  ],
  [
    'dotnet: what the collector crashes at',
    'dotnet',
    ['E: m', '   at A.B() in /a.cs:line'],
    ['T: m', 'A.B() @ /a.cs:0'],
  ],
  [
    'go',
    'go',
    [
      'm',
      'goroutine 1 [running]:',
      'main.f()',
      '\t/app/main.go:12 +0x1',
      'runtime.gopanic(...)',
      'main.g()',
      '\t/app/g.go:3',
    ],
    ['T: m', 'main.f() @ /app/main.go:12', 'runtime.gopanic(...) @ :0', 'main.g() @ /app/g.go:3'],
  ],
  [
    'php',
    'php',
    ['m', '#0 /app/a.php(42): Shop\\Stock->take(3)', '#1 {main}'],
    ['T: m', 'Shop\\Stock->take(3) @ /app/a.php:42'],
  ],
  [
    'php as java',
    'php',
    ['m', '\tat Shop.Stock.take(Stock.php:42)'],
    ['T: m', 'Shop.Stock.take @ Stock.php:42'],
  ],
  [
    'ruby',
    'ruby',
    ["app.rb:3:in `take': m (E)", "\tfrom app.rb:7:in '<main>'"],
    ['T: m', 'take @ app.rb:3', '<main> @ app.rb:7'],
  ],
  [
    'rust',
    'rust',
    ['   0: shop::take', '             at ./src/main.rs:3:5'],
    ['T: m', 'shop::take @ ./src/main.rs:3'],
  ],
  ['cpp', 'cpp', ['#0 0x00ff in take() at stock.cpp:42'], ['T: m', 'take() @ stock.cpp:42']],
  [
    'elixir',
    'elixir',
    ['    (shop 0.1.0) lib/shop.ex:12: Shop.take/1'],
    ['T: m', 'Shop.take/1 @ lib/shop.ex:12'],
  ],
  ['no language', undefined, ['E: m', '\tat a.B.c(B.java:1)'], ['T: m', 'a.B.c @ B.java:1']],
  ['a language that nobody knows', 'cobol', ['E: m', '    at f (/a.js:1:2)'], ['T: m', 'f @ /a.js:1']],
  ['text without frames', undefined, ['it just broke'], ['T: m']],
  ['no text', 'java', [''], ['T: m']],
])('%s', (_, language, lines, expected) => {
  expect(shown(language, lines)).toEqual(expected);
});

test.each(['java', 'nodejs', 'python', 'dotnet', 'go', 'php', 'ruby', 'rust', 'cpp', 'elixir', undefined])(
  'hostile text costs %s no more than its length',
  (language) => {
    for (const unit of [
      'at ',
      '(',
      ':',
      ' ',
      '\t',
      '#0 a',
      '  File "',
      '---> ',
      'Caused by: ',
      '[cause]: ',
      '@:1',
      '\n',
      '\n\tat (',
    ]) {
      const started = performance.now();
      parseStackTrace(language, 'T', 'm', unit.repeat(Math.ceil(200_000 / unit.length)));
      expect(performance.now() - started).toBeLessThan(3_000);
    }
  },
);
