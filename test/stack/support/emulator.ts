// A bare emulator for one test file: started without a deployment, stopped at the end.
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { LocalAdmin } from '../../../lib/local/admin-client.ts';
import { type RunningEmulator, startEmulator, stopEmulator } from '../../../lib/local/emulator.ts';
import { clientSettings } from '../../../lib/local/environment.ts';
import { localPaths, packageRoot } from '../../../lib/local/paths.ts';
import { ensurePython } from '../../../lib/local/python.ts';

export interface TestEmulator {
  readonly endpoint: string;
  readonly admin: LocalAdmin;
  /** Settings of an SDK client that sees each answer as it is: no retries. */
  readonly client: ReturnType<typeof clientSettings> & { readonly maxAttempts: 1 };
}

/** Registers start and stop; the emulator is there once the tests run. @param name one for each file */
export function emulatorForThisFile(name: string): () => TestEmulator {
  const paths = localPaths(packageRoot(), name);
  let running: RunningEmulator | undefined;
  beforeAll(async () => {
    const python = await ensurePython({
      folder: paths.virtualEnvironment,
      requirements: join(paths.recipe, 'requirements.txt'),
      say: console.error,
    });
    running = await startEmulator(paths, python);
  });
  afterAll(async () => {
    if (running !== undefined) await stopEmulator(running.pid, paths);
  });
  return () => {
    if (running === undefined) throw new Error('the emulator is not up yet');
    const { endpoint } = running;
    return {
      endpoint,
      admin: new LocalAdmin(endpoint),
      client: { ...clientSettings(endpoint), maxAttempts: 1 },
    };
  };
}
