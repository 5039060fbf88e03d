// Plain addresses: the emulator knows a function URL or an API by its host name; clients get a loopback port instead.
import type { LocalAdmin } from './admin-client.ts';

/** A function URL's or an HTTP API's host, wherever it was deployed. */
const EMULATED_HOST = /^[^.]+\.(lambda-url|execute-api)\./;
/** The emulator knows an HTTP API only by a name below its own host. */
const API_HOST = /^([^.]+\.execute-api)\..+$/;
const EMULATED_API_HOST = '$1.localhost';

/**
 * @param url as the stack's output has it, with the host that AWS would give it
 * @returns the same address as http://127.0.0.1:PORT, its path kept, without a slash at the end
 */
export async function plainAddress(admin: Pick<LocalAdmin, 'openAddress'>, url: string): Promise<string> {
  const parsed = new URL(url);
  if (!EMULATED_HOST.test(parsed.hostname)) return url;
  const address = await admin.openAddress(parsed.hostname.replace(API_HOST, EMULATED_API_HOST));
  return `${address}${parsed.pathname}`.replace(/\/$/, '');
}
