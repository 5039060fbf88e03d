// What hides a secret: all of it, and every form in which it may be quoted.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Redactor } from '../../lib/channels/redact.ts';

const HOOK =
  'https://user:pa%24sword12@hooks.example.com/services/T000/tok-9f86d081?sig=Ab%2Fcd%2Bef%3D12&v=1#frag-1234567';

function hidden(text: string, ...secrets: readonly string[]): string {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor.hide(text);
}

test.each([
  ['all of an address', `no answer from ${HOOK}`, 'no answer from [secret]'],
  [
    'path and query',
    'no_service at /services/T000/tok-9f86d081?sig=Ab%2Fcd%2Bef%3D12&v=1',
    'no_service at [secret]',
  ],
  ['a part of the path', 'token tok-9f86d081 is unknown', 'token [secret] is unknown'],
  ['a value of the query, decoded', 'signature Ab/cd+ef=12 is wrong', 'signature [secret] is wrong'],
  ['the password, decoded', 'pa$sword12', '[secret]'],
  ['the host, which is none', 'hooks.example.com is down', 'hooks.example.com is down'],
  ['a short word of the path', 'services are down', '[secret] are down'],
])('%s', (_, text, expected) => {
  expect(hidden(text, HOOK)).toBe(expected);
});

test('the longer of two secrets goes first, so that no rest is left', () => {
  expect(hidden('abcdef abc', 'abc', 'abcdef')).toBe('[secret] [secret]');
  expect(hidden('nothing', '')).toBe('nothing');
});

test('in JSON, addresses, forms and base64 it is hidden too', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 4 }), (secret) => {
      const quoted = [
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        new URLSearchParams([['', secret]]).toString().slice(1),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64url'),
      ];
      for (const form of quoted) expect(hidden(`>${form}<`, secret)).not.toContain(`>${form}<`);
    }),
  );
});
