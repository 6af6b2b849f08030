// Creates the pinned Python environment for moto, once for all processes.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PYTHON_PROBE, SYSTEM_PYTHON } from '../../tools/python.ts';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const requirements = join(import.meta.dirname, 'requirements.txt');
const onWindows = process.platform === 'win32';

/** Installing takes 20-40 s on two cores. A lock of one minute is normal, ten minutes are not. */
const installLimitMs = 600_000;
const lockPollMs = 200;

export class MotoUnavailable extends Error {
  override readonly name = 'MotoUnavailable';
}

export type MotoVenv = { directory: string; systemPython: string };

const defaultVenv: MotoVenv = {
  directory: join(repository, '.venv-moto'),
  systemPython: SYSTEM_PYTHON,
};

/**
 * Returns the interpreter that can `import moto`. Creates the environment when it is missing or was
 * made from another requirements.txt; otherwise it reads two small files.
 * @throws MotoUnavailable naming what to install
 */
export async function ensureMotoVenv(venv: MotoVenv = defaultVenv): Promise<string> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const interpreter = join(venv.directory, onWindows ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(venv.directory, 'requirements.sha256');
  const isCurrent = async () =>
    (await readFile(stamp, 'utf8').catch(absentAsUndefined)) === wanted &&
    // A symbolic link that is broken once the system's Python has been replaced.
    (await stat(interpreter).catch(absentAsUndefined)) !== undefined;

  if (await isCurrent()) return interpreter;
  const release = await lock(`${venv.directory}.lock`);
  try {
    if (await isCurrent()) return interpreter;
    await create(venv, interpreter);
    // Written last, so that an interrupted installation does not count.
    await writeFile(stamp, wanted);
    return interpreter;
  } finally {
    await release();
  }
}

async function create(venv: MotoVenv, interpreter: string): Promise<void> {
  await runOrExplain(
    venv.systemPython,
    PYTHON_PROBE,
    `install Python 3.11 or newer with venv and pip (Debian: apt install python3 python3-venv), found as "${venv.systemPython}"`,
  );
  await rm(venv.directory, { recursive: true, force: true });
  await runOrExplain(
    venv.systemPython,
    ['-m', 'venv', venv.directory],
    'python3 -m venv failed (Debian: apt install python3-venv)',
  );
  // Only wheels, so that no downloaded code runs during the installation.
  const options = '--quiet --no-input --disable-pip-version-check --only-binary :all:'.split(' ');
  await runOrExplain(
    interpreter,
    ['-m', 'pip', 'install', ...options, '-r', requirements],
    'pip could not install test/moto/requirements.txt (is PyPI, or PIP_INDEX_URL, within reach?)',
  );
}

async function runOrExplain(
  command: string,
  args: readonly string[],
  advice: string,
): Promise<void> {
  try {
    await run(command, args, { timeout: installLimitMs });
  } catch (cause) {
    throw new MotoUnavailable(`The checks against moto cannot run: ${advice}.`, { cause });
  }
}

/** A directory is the lock, because mkdir is atomic everywhere. The owner's process ID shows whether it crashed. */
async function lock(directory: string): Promise<() => Promise<void>> {
  const owner = join(directory, 'pid');
  const deadline = Date.now() + installLimitMs;
  while (Date.now() < deadline) {
    try {
      await mkdir(directory);
      await writeFile(owner, String(process.pid));
      return () => rm(directory, { recursive: true, force: true });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    if (await isAbandoned(directory, owner)) await rm(directory, { recursive: true, force: true });
    else await delay(lockPollMs);
  }
  throw new MotoUnavailable(
    `The checks against moto cannot run: ${directory} has been locked for 10 minutes; remove it if no test runs.`,
  );
}

async function isAbandoned(directory: string, owner: string): Promise<boolean> {
  const pid = await readFile(owner, 'utf8').catch(absentAsUndefined);
  if (pid === undefined || pid === '') {
    // The owner is between mkdir and writeFile, or crashed there.
    const made = await stat(directory).catch(absentAsUndefined);
    return made !== undefined && Date.now() - made.mtimeMs > 10_000;
  }
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return hasCode(error, 'ESRCH');
  }
}

function absentAsUndefined(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
