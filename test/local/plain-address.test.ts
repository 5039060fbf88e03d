// The addresses that the local stack prints.
import { expect, test } from 'vitest';
import { plainAddress } from '../../lib/local/plain-address.ts';

/** Opens a port for a host, and remembers which host. */
function emulator() {
  const opened: string[] = [];
  return {
    opened,
    openAddress: async (host: string) => {
      opened.push(host);
      return 'http://127.0.0.1:9000';
    },
  };
}

test.each([
  ['https://abc.lambda-url.eu-west-1.on.aws/', 'abc.lambda-url.eu-west-1.on.aws'],
  ['https://6c6707a2.execute-api.us-east-1.amazonaws.com', '6c6707a2.execute-api.localhost'],
])('%s is served for the host that the emulator knows', async (url, host) => {
  const admin = emulator();
  expect(await plainAddress(admin, url)).toBe('http://127.0.0.1:9000');
  expect(admin.opened).toEqual([host]);
});

test('the path is kept, and other addresses are left as they are', async () => {
  const admin = emulator();
  expect(await plainAddress(admin, 'https://a.execute-api.us-east-1.amazonaws.com/prod/')).toBe(
    'http://127.0.0.1:9000/prod',
  );
  expect(await plainAddress(admin, 'https://example.com/a')).toBe('https://example.com/a');
  expect(admin.opened).toHaveLength(1);
});
