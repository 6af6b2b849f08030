// Finds the Python that runs moto.
import { spawnSync } from 'node:child_process';

export const SYSTEM_PYTHON = process.platform === 'win32' ? 'python' : 'python3';

/** Arguments with which Python exits with 0 if it is 3.11 or newer and has venv and pip. */
export const PYTHON_PROBE = [
  '-c',
  'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 11) else 1)',
];

/** Whether the Python on this PATH can create the virtual environment of moto. */
export const hasPython = (env: NodeJS.ProcessEnv): boolean =>
  spawnSync(SYSTEM_PYTHON, PYTHON_PROBE, { env, stdio: 'ignore', timeout: 10_000 }).status === 0;
