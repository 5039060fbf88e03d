// Keys as people wish for them, and the variables that they are handed over with.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkKey, parseKey } from '../../lib/keys/ingest-key.ts';
import { newKey } from '../../lib/keys/new-key.ts';
import { otelVariables } from '../../lib/keys/otel-variables.ts';
import { SCOPES } from '../../lib/model/scope.ts';

const wish = { name: 'shop', tenant: 'default', scopes: ['ingest'] };

describe('newKey', () => {
  test('makes a record that accepts the key it came with, and does not hold its secret', () => {
    const { text, record } = newKey(wish, randomBytes, 5);
    const parts = parseKey(text);
    expect(parts).toBeDefined();
    expect(checkKey(record, parts!, 'ingest:logs')).toBe('accepted');
    expect(checkKey(record, parts!, 'ack')).toBe('scopeMissing');
    expect(JSON.stringify(record)).not.toContain(parts!.secret);
    expect(record).toMatchObject({ id: parts!.id, name: 'shop', tenant: 'default', createdAt: 5 });
  });

  test.each([
    [['ingest'], ['ingest:traces', 'ingest:metrics', 'ingest:logs']],
    [
      ['ingest:logs, ack', 'ingest:logs'],
      ['ingest:logs', 'ack'],
    ],
    [SCOPES, SCOPES],
  ])('reads the scopes %j', (scopes, expected) => {
    expect(newKey({ ...wish, scopes }, randomBytes, 0).record.scopes).toEqual(expected);
  });

  test.each([
    [{ scopes: ['ingest:spans'] }, /expected scopes among ingest, ingest:traces, .* got "ingest:spans"/],
    [{ scopes: [] }, /at least one scope/],
    [{ tenant: 'a/b' }, /expected a tenant of letters.* got "a\/b"/],
    [{ tenant: '' }, /expected a tenant/],
    [{ name: ' ' }, /expected a name of 1 to 100 characters/],
  ])('refuses %j', (part, message) => {
    expect(() => newKey({ ...wish, ...part }, randomBytes, 0)).toThrow(message);
  });
});

describe('otelVariables', () => {
  const key = `tw_abcdefghij01_${'a'.repeat(43)}`;

  test('point an SDK at the deployment, compressed and with delta temporality', () => {
    expect(otelVariables('https://ingest.example', key, SCOPES)).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://ingest.example',
      OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${key}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    });
  });

  test('switch off the signals that the key may not send', () => {
    const variables = otelVariables('https://ingest.example', key, ['ingest:traces']);
    expect(variables).toMatchObject({ OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' });
    expect(variables).not.toHaveProperty('OTEL_TRACES_EXPORTER');
  });
});
