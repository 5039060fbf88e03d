// Secrets by reference: read once, remembered for a while, old ones in need, and never in an error.
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { SecretStore } from '../../lib/aws/secret-store.ts';

type Answer = string | Error | undefined;

/** A store over clients that answer as told. */
function storeOf(answer: { secret: Answer; parameter: Answer }) {
  const calls: string[] = [];
  const clock = { now: 0 };
  const give = async (command: unknown) => {
    const isSecret = command instanceof GetSecretValueCommand;
    const name = isSecret
      ? command.input.SecretId
      : command instanceof GetParameterCommand && command.input.WithDecryption
        ? command.input.Name
        : '?';
    calls.push(String(name));
    const text = isSecret ? answer.secret : answer.parameter;
    await new Promise((resolve) => setImmediate(resolve));
    if (text instanceof Error) throw text;
    return isSecret ? { SecretString: text } : { Parameter: { Value: text } };
  };
  const store = new SecretStore({
    ttlMs: 1_000,
    staleMs: 10_000,
    now: () => clock.now,
    secretsManager: { send: give } as unknown as SecretsManagerClient,
    parameterStore: { send: give } as unknown as SSMClient,
  });
  return { store, calls, clock, answer };
}

const named = (name: string, message: string, status?: number) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

describe('reading', () => {
  test('takes a secret, a key of one, and a parameter', async () => {
    const { store, calls } = storeOf({ secret: '{"token":"t-1","user":"u"}', parameter: 'p-1\n' });
    expect(await store.read({ secret: 's' })).toBe('{"token":"t-1","user":"u"}');
    expect(await store.read({ secret: 's', key: 'token' })).toBe('t-1');
    expect(await store.read({ parameter: '/p' })).toBe('p-1');
    expect(calls).toEqual(['s', '/p']);
  });

  test('asks once for many at the same time, and again when it is old or was forgotten', async () => {
    const { store, calls, clock } = storeOf({ secret: 'a', parameter: 'b' });
    await Promise.all(Array.from({ length: 5 }, () => store.read({ secret: 's' })));
    clock.now = 999;
    await store.read({ secret: 's' });
    expect(calls).toHaveLength(1);
    clock.now = 1_000;
    await store.read({ secret: 's' });
    expect(calls).toHaveLength(2);
    store.forget({ secret: 's' });
    await store.read({ secret: 's' });
    expect(calls).toHaveLength(3);
  });

  test('uses an old one while the service fails, but not for ever and not when it was taken away', async () => {
    const { store, clock, answer } = storeOf({ secret: 'old', parameter: '' });
    await store.read({ secret: 's' });
    clock.now = 5_000;
    answer.secret = named('InternalServiceError', 'sorry', 500);
    expect(await store.read({ secret: 's' })).toBe('old');
    answer.secret = named('ResourceNotFoundException', 'gone', 400);
    await expect(store.read({ secret: 's' })).rejects.toMatchObject({ reason: 'notFound' });
    clock.now = 20_000;
    answer.secret = named('ThrottlingException', 'slow', 400);
    await expect(store.read({ secret: 's' })).rejects.toMatchObject({ reason: 'throttled' });
  });
});

describe('failing', () => {
  test.each([
    ['not there', named('ResourceNotFoundException', 'hush', 400), 'notFound'],
    ['not allowed', named('AccessDeniedException', 'hush', 400), 'denied'],
    ['not to be decrypted', named('DecryptionFailure', 'hush', 400), 'rejected'],
    ['no answer', named('TimeoutError', 'hush'), 'timeout'],
    ['bytes', undefined, 'malformed'],
    ['empty', '\n', 'malformed'],
  ])('%s: says which secret, never what is in it', async (_, answer, reason) => {
    const { store } = storeOf({ secret: answer, parameter: answer });
    const error = await store.read({ secret: 'tidewatch/slack' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ reason, message: expect.stringContaining('tidewatch/slack') });
    expect(error.message).not.toContain('hush');
    expect(error.cause).toBeUndefined();
  });

  test.each([
    ['no JSON', 'hush-hush', 'malformed'],
    ['no such key', '{"other":"hush"}', 'notFound'],
    ['no text', '{"key":{"hush":1}}', 'notFound'],
    ['a key of every object', '{}', 'notFound'],
  ])('a key in %s', async (_, text, reason) => {
    const { store } = storeOf({ secret: text, parameter: '' });
    const key = text === '{}' ? 'constructor' : 'key';
    const error = await store.read({ secret: 's', key }).catch((thrown) => thrown);
    expect(error).toMatchObject({ reason });
    expect(`${error.message}${error.stack}`).not.toContain('hush');
  });
});
