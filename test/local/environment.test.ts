import { afterEach, describe, expect, test, vi } from 'vitest';
import { cdkEnvironment, emulatorEnvironment, withoutAws } from '../../lib/local/environment.ts';
import { localPaths } from '../../lib/local/paths.ts';

afterEach(() => vi.unstubAllEnvs());

describe('no setting of the user leads to a real account', () => {
  test('every AWS and CDK variable is left out', () => {
    const kept = withoutAws({
      AWS_PROFILE: 'prod',
      AWS_SESSION_TOKEN: 't',
      CDK_DEFAULT_ACCOUNT: '1',
      HOME: '/h',
    });
    expect(kept).toEqual({ HOME: '/h' });
  });

  test('the CDK gets test credentials, the emulator as its endpoint, and none of the user’s files', () => {
    vi.stubEnv('AWS_PROFILE', 'prod');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'real');
    const environment = cdkEnvironment('http://127.0.0.1:4566', '/project');
    expect(environment).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CDK_DEFAULT_ACCOUNT: '000000000000',
    });
    expect(environment).not.toHaveProperty('AWS_PROFILE');
  });

  test('the emulator and its functions listen and call on loopback only', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://elsewhere');
    const environment = emulatorEnvironment(4566, localPaths('/project'));
    expect(environment).toMatchObject({ BIND_HOST: '127.0.0.1', GATEWAY_PORT: '4566' });
    expect(environment).not.toHaveProperty('AWS_ENDPOINT_URL');
  });
});
