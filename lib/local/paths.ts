// Where the local stack keeps its things: all below one git-ignored folder beside the project.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder beside the project that holds everything the local stack makes. */
export const LOCAL_FOLDER = '.tidewatch';

export interface LocalPaths {
  /** The project whose CDK app is deployed. */
  readonly project: string;
  /** The package's `local/`: requirements and launcher. */
  readonly recipe: string;
  /** The Python virtual environment, shared by all stacks of the project. */
  readonly virtualEnvironment: string;
  /** What belongs to one running stack. */
  readonly stack: string;
  readonly state: string;
  readonly lock: string;
  readonly emulatorLog: string;
  readonly deployLog: string;
  readonly cloudAssembly: string;
  readonly outputs: string;
  /** What a function finds without bringing it, as on Lambda: the AWS SDK. */
  readonly runtimeModules: string;
  /**
   * Temporary folder of the emulator, its own so that what it leaks can be removed, and outside of the project so that
   * a function cannot find the project's modules.
   */
  readonly temporary: string;
}

/**
 * @param project folder of the CDK app
 * @param name stacks of different names run side by side; tests use their own
 */
export function localPaths(project: string, name = 'local'): LocalPaths {
  const folder = join(resolve(project), LOCAL_FOLDER);
  const stack = join(folder, name);
  return {
    project: resolve(project),
    recipe: join(packageRoot(), 'local'),
    virtualEnvironment: join(folder, 'python'),
    stack,
    state: join(folder, `${name}.json`),
    lock: join(folder, `${name}.lock`),
    emulatorLog: join(stack, 'emulator.log'),
    deployLog: join(stack, 'deploy.log'),
    cloudAssembly: join(stack, 'cdk.out'),
    outputs: join(stack, 'outputs.json'),
    runtimeModules: join(stack, 'runtime-modules'),
    temporary: join(tmpdir(), `tidewatch-${createHash('sha256').update(stack).digest('hex').slice(0, 12)}`),
  };
}

/** The folder of Tidewatch's own package.json: a clone's root, or the installed package. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Tidewatch was installed without its package.json');
    folder = parent;
  }
  return folder;
}
