// Says in one line what a machine lacks before a long command starts, instead of failing in the middle of it.
import { spawnSync } from 'node:child_process';

/** Node major version that functions run on and the project is built with. */
const NODE_MAJOR = 24;

/** What the emulator of the local stack needs. */
const PYTHON_PROBE = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';

function problem(): string | undefined {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_MAJOR) {
    return `Node ${NODE_MAJOR} is needed, this is ${process.version}: run "npm ci", which brings it, and start this through npm.`;
  }
  const python = spawnSync('python3', ['-c', PYTHON_PROBE], { stdio: 'ignore' });
  if (python.error !== undefined) {
    return 'Python 3.10 or newer is needed for the local AWS emulator, and there is no python3 on the PATH: install python3 and python3-venv.';
  }
  if (python.status !== 0) {
    return 'Python 3.10 or newer with its venv module is needed for the local AWS emulator: install python3 and python3-venv.';
  }
  return undefined;
}

const found = problem();
if (found !== undefined) {
  console.error(found);
  process.exit(2);
}
