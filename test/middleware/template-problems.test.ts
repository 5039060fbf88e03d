// A template that cannot be used is counted by the kind of integration, and the log says which and why.
import { expect, test } from 'vitest';
import { templateProblems } from '../../lib/middleware/template-problems.ts';

test('one line with a metric, the receiver, the field and what is wrong', () => {
  const lines: string[] = [];
  const tell = templateProblems(
    'notify',
    (text) => lines.push(text),
    () => 1_000,
  );
  tell({ receiver: 'team-shop', kind: 'slack', field: 'title', problem: 'undefined filter: shout' });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      Receiver: 'notify',
      Reason: 'slack',
      unusableTemplates: 1,
      toldReceiver: 'team-shop',
      field: 'title',
      problem: 'undefined filter: shout',
    },
  ]);
  expect(lines[0]).toMatch(/}\n$/);
});
