// The small rules that segments are made of, each at its borders.
import { describe, expect, test } from 'vitest';
import { databaseHost } from '../../../lib/exporters/xray/encode/database-host.ts';
import { parseExactJson, parseMetadataObject } from '../../../lib/exporters/xray/encode/exact-json.ts';
import { isIpAddress, isIpv6Address } from '../../../lib/exporters/xray/encode/ip-address.ts';
import { ID_PURPOSE, madeUpId } from '../../../lib/exporters/xray/encode/made-up-id.ts';
import { cleanServiceName, cleanSpanName } from '../../../lib/exporters/xray/encode/segment-name.ts';
import { isSqlSystem } from '../../../lib/exporters/xray/encode/sql-systems.ts';

describe('names', () => {
  test.each([
    ['GET /cart/:id', 'GET /cart/:id', 'GET /cart/:id'],
    ['a;b{c}"d"<e>', 'abcde', 'abcde'],
    ['Überprüfung 支払い', 'Überprüfung 支払い', 'Überprüfung 支払い'],
    ['pay 💳', 'pay ', 'pay '],
    ['a\tb\\c ⅷ ١', 'abc  ', 'a b\\c ⅷ ١'],
    ['', '', ''],
  ])('%j', (name, ofSpan, ofService) => {
    expect(cleanSpanName(name)).toBe(ofSpan);
    expect(cleanServiceName(name)).toBe(ofService);
  });

  test('have 200 characters at most, and no half letter', () => {
    expect(cleanServiceName('é'.repeat(201))).toBe('é'.repeat(200));
    // A letter of two UTF-16 units.
    expect(cleanSpanName(`${'x'.repeat(199)}𝒳y`)).toBe('x'.repeat(199));
    expect(cleanSpanName(`${'x'.repeat(198)}𝒳y`)).toBe(`${'x'.repeat(198)}𝒳`);
  });
});

test.each([
  ['jdbc:mysql://user:p@db.example.com:3306/x', 'db.example.com'],
  ['postgresql://db.example.com/x?sslmode=on', 'db.example.com'],
  ['mysql://[2001:db8::7]:3306/x', '2001:db8::7'],
  ['//db/x', 'db'],
  ['jdbc:h2:mem:test', undefined],
  ['Server=db;Port=1', undefined],
  ['mysql://db:port/x', undefined],
  ['mysql:///x', undefined],
  ['', undefined],
])('host of the connection %j is %j', (connection, host) => {
  expect(databaseHost(connection)).toBe(host);
});

test.each([
  ['10.1.2.3', true, false],
  ['255.255.255.255', true, false],
  ['2001:db8::1', true, true],
  ['::ffff:10.1.2.3', true, true],
  ['256.1.1.1', false, false],
  ['01.1.1.1', false, false],
  ['1.1.1', false, false],
  ['1.1.1.1.', false, false],
  ['10.1.2.3:80', false, false],
  ['[::1]', false, false],
  ['fe80::1%eth0', false, false],
  ['shop.example.com', false, false],
  ['/run/app.sock', false, false],
  ['', false, false],
])('%j is an IP address: %j', (text, isIp, isIpv6) => {
  const bytes = Buffer.from(`"${text}"`);
  expect(isIpAddress(bytes, 1, bytes.length - 1)).toBe(isIp);
  expect(isIpv6Address(bytes, 1, bytes.length - 1)).toBe(isIpv6);
});

test.each([
  ['postgresql', true],
  ['PostgreSQL', true],
  ['cockroachdb', true],
  ['microsoft.sql_server', true],
  ['redis', false],
  ['mongodb', false],
  ['', false],
])('%j speaks SQL: %j', (system, expected) => {
  expect(isSqlSystem(system)).toBe(expected);
});

describe('made-up ids', () => {
  const ids = Buffer.from('6921c0de5b8efff798038103d269b63300000000000000aa', 'hex');

  test('are the same for the same place, today and after the next release', () => {
    expect(madeUpId(ids, ID_PURPOSE.exception, 0)).toBe(madeUpId(Buffer.from(ids), ID_PURPOSE.exception, 0));
    expect([
      madeUpId(ids, ID_PURPOSE.exception, 0),
      madeUpId(ids, ID_PURPOSE.exception, 1),
      madeUpId(ids, ID_PURPOSE.serviceSegment, 0),
    ]).toMatchInlineSnapshot(`
      [
        "c26f2be5203b9c4f",
        "e0d042e1fe452470",
        "00a27410132f2b84",
      ]
    `);
  });

  test('differ between spans, exceptions and purposes', () => {
    const found = new Set<string>();
    for (let span = 0; span < 5_000; span++) {
      ids.writeUInt32BE(span, 20);
      for (let index = 0; index < 4; index++) found.add(madeUpId(ids, ID_PURPOSE.exception, index));
      found.add(madeUpId(ids, ID_PURPOSE.serviceSegment, 0));
    }
    expect(found.size).toBe(25_000);
    for (const id of found) expect(id).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('JSON', () => {
  test.each([
    '{"n":9007199254740993,"d":1.10,"e":1e400,"z":-0}',
    '[]',
    '{}',
    '[[{"a":[null,true,false]}],"x"]',
    '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000é💳"',
  ])('keeps every digit of %s', (text) => {
    expect(JSON.stringify(parseExactJson(text))).toBe(
      JSON.stringify(JSON.parse(text)).replace(/^\{"n".*$/, text),
    );
  });

  test('keeps keys that V8 takes for others', () => {
    JSON.parse('{"\\\\":1}');
    expect(Object.keys(parseExactJson('{"\\"":1,"\\\\":2,"__proto__":3}') as object)).toEqual([
      '"',
      '\\',
      '__proto__',
    ]);
  });

  test.each([
    '',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '[1,]',
    '01',
    '1.',
    '+1',
    'nul',
    '"\n"',
    '"\\x"',
    '{} x',
    "{'a':1}",
    '"abc',
  ])('refuses %j', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  test('of metadata attributes is an object or nothing', () => {
    expect(JSON.stringify(parseMetadataObject(' {"a" : [1, 2]}\n'))).toBe('{"a":[1,2]}');
    expect(parseMetadataObject('null')).toBeNull();
    for (const text of ['[1]', '1', '"a"', '{"a":1e999}', 'x', `${'{"a":'.repeat(501)}1${'}'.repeat(501)}`])
      expect(parseMetadataObject(text)).toBeUndefined();
  });
});
