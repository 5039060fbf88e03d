// Log group and stream names: CloudWatch's character sets, whatever a resource says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  overflowLogGroup,
  renderLogGroup,
  renderLogStream,
} from '../../../lib/exporters/cloudwatch-logs/names.ts';

const resource = (attributes: Record<string, string>) => (key: string) => attributes[key];

describe('log group names', () => {
  test.each([
    [
      'a plain service name is put in',
      '/tidewatch/{service.name}',
      { 'service.name': 'checkout' },
      '/tidewatch/checkout',
    ],
    [
      'characters outside the set become _',
      '/tw/{service.name}',
      { 'service.name': 'mein Café:1' },
      '/tw/mein_Caf__1',
    ],
    ['a missing service name is unknown_service', '/tw/{service.name}', {}, '/tw/unknown_service'],
    [
      'an empty service name is unknown_service',
      '/tw/{service.name}',
      { 'service.name': '' },
      '/tw/unknown_service',
    ],
    [
      'another missing attribute says which',
      '/tw/{deployment.environment.name}',
      {},
      '/tw/unknown_deployment.environment.name',
    ],
    ['several placeholders are all replaced', '/{a}/{b}/{a}', { a: 'x', b: 'y' }, '/x/y/x'],
    ['a template without placeholders is itself', '/logs/all', {}, '/logs/all'],
    ['the prefix that AWS keeps for itself is not used', 'aws/{a}', { a: 'x' }, '_aws/x'],
  ])('%s', (_, template, attributes, expected) => {
    expect(renderLogGroup(template, resource(attributes as Record<string, string>))).toBe(expected);
  });

  test('hold CloudWatch’s set and length for any attribute value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (value) => {
        const name = renderLogGroup('{service.name}', () => value);
        expect(name).toMatch(/^[.\-_/#A-Za-z0-9]{1,512}$/);
      }),
    );
  });

  test('overflow goes to _other beside the others', () => {
    expect(overflowLogGroup('/tidewatch/{service.name}')).toBe('/tidewatch/_other');
    expect(overflowLogGroup('/shop/logs-{service.name}/x')).toBe('/shop/_other');
    expect(overflowLogGroup('{service.name}')).toBe('/tidewatch/_other');
  });
});

describe('log stream names', () => {
  test('a missing instance id is unknown_instance', () => {
    expect(renderLogStream('{service.instance.id}', () => undefined)).toBe('unknown_instance');
  });

  test('hold CloudWatch’s set and length for any attribute value and stay well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), (value) => {
        const name = renderLogStream('{service.instance.id}', () => value);
        expect(name).toMatch(/^[^:*]{1,512}$/s);
        expect(name.isWellFormed()).toBe(true);
      }),
    );
  });
});
