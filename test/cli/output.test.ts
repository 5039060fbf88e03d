// How results are laid out.
import { expect, test } from 'vitest';
import { table } from '../../lib/cli/output.ts';

test('a table has columns as wide as their widest cell, and no blanks at the end of a line', () => {
  expect(
    table([
      ['ID', 'NAME'],
      ['abc', 'x'],
    ]),
  ).toBe('ID   NAME\nabc  x');
});
