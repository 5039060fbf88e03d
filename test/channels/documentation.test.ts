// docs/channels.md is true: its examples pass the check and are told, and it names every kind and field.
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { CHANNEL_FIELDS, REFUSED_KINDS } from '../../lib/channels/fields.ts';
import { templateProblem } from '../../lib/channels/message/template.ts';
import { alertingRules } from '../../lib/config/alerting-rules.ts';
import { checkConfig } from '../../lib/config/compile.ts';
import { CONTENTS, CONTEXT, channelWorld } from './channel-world.ts';

const PAGE = readFileSync(new URL('../../docs/channels.md', import.meta.url), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text!.trim());

test('every kind has a place on the page, and every field', () => {
  const section = (kind: string) =>
    PAGE.split('\n### ').find((part) => part.split('\n')[0]!.split(', ').includes(kind)) ?? '';
  const lost = Object.entries(CHANNEL_FIELDS).flatMap(([kind, { fields }]) =>
    Object.keys(fields)
      .filter((name) => !['send_resolved', 'http_config', 'timeout', 'otherwise'].includes(name))
      .filter((name) => !new RegExp(`\`${name}\``).test(section(kind)))
      .map((name) => `${kind}.${name}`),
  );
  expect(lost).toEqual([]);
  for (const kind of Object.keys(REFUSED_KINDS)) expect(PAGE).toContain(`\`${kind}\``);
});

test('the template of the page can be used', () => {
  const [, template] = /```liquid\n([\s\S]*?)```/.exec(PAGE)!;
  expect(templateProblem(template!)).toBeUndefined();
});

describe.each(EXAMPLES)('%s', (example) => {
  test('passes the check and is understood by the channel', async () => {
    const written = JSON.parse(JSON.stringify(runInNewContext(`({ ${example} })`)));
    const result = checkConfig({
      alerting: { route: { receiver: 'one' }, receivers: [{ name: 'one', ...written }] },
    });
    expect(result.problems.filter(({ level }) => level === 'error')).toEqual([]);
    if (!result.ok) return;
    const [receiver] = alertingRules(result.compiled.runtime.alerting!).receivers;
    const { kind, fields } = receiver!.integrations[0]!;
    const world = channelWorld();
    const names = JSON.stringify(written).matchAll(/"(\/?tidewatch\/[\w-]+)"/g);
    for (const [, name] of names) world.secrets.set(name!, 'https://nowhere.example.com/x');
    const outcome = await world.sender.send({ kind, fields }, CONTENTS.firing!, CONTEXT);
    // The receivers of this world know no such secret; a field that is wrong would be named.
    if (outcome.kind === 'refused') expect(outcome.reason).not.toMatch(/expected|is not supported/);
    expect(world.problems).toEqual([]);
  });
});

describe('the check', () => {
  const errorsOf = (receiver: object) =>
    checkConfig({ alerting: { route: { receiver: 'one' }, receivers: [{ name: 'one', ...receiver }] } })
      .problems.filter(({ level }) => level === 'error')
      .map(({ path, message }) => `${path}: ${message}`);
  const routingKey = { secret: 'tidewatch/pagerduty' };

  test('refuses a secret inside a message, which the sender would refuse', () => {
    expect(errorsOf({ pagerduty: [{ routingKey, details: { token: { secret: 'x' } } }] })).toEqual([
      expect.stringMatching(/details\.token: a secret must not be here/),
    ]);
  });

  test('refuses a Jira that would be told without credentials', () => {
    const jira = { apiUrl: 'https://example.atlassian.net', project: 'OPS', issueType: 'Task' };
    expect(errorsOf({ jira: [jira] })).toEqual([expect.stringMatching(/api_token, http_config/)]);
    expect(errorsOf({ jira: [{ ...jira, apiToken: { secret: 'x' } }] })).toEqual([]);
    const httpConfig = { basicAuth: { username: 'bot', password: { secret: 'x' } } };
    expect(errorsOf({ jira: [{ ...jira, httpConfig }] })).toEqual([]);
  });

  test('takes names of a team’s own in structures', () => {
    expect(errorsOf({ pagerduty: [{ routingKey, details: { cost_center: '42', runBook: 'x' } }] })).toEqual(
      [],
    );
    const apiKey = { secret: 'tidewatch/vo' };
    expect(
      errorsOf({ victorops: [{ apiKey, routingKey: 'on-call', customFields: { cost_center: '42' } }] }),
    ).toEqual([]);
  });
});
