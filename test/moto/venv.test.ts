// The Python environment for moto: created once, updated, and explained.
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureMotoVenv } from './venv.ts';

/** A stub of python3: records each call beside itself, and `-m venv` installs a copy of itself. */
const fakePython = `#!/bin/sh
echo "$2" >> "$(dirname "$0")/calls"
[ "$2" = venv ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
exit 0
`;

let folder: string;
let directory: string;
let systemPython: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moto-venv-'));
  directory = join(folder, 'venv');
  systemPython = join(folder, 'python3');
  await writeFile(systemPython, fakePython);
  await chmod(systemPython, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

const callsOf = async (python: string) =>
  (await readFile(join(python, '../calls'), 'utf8')).trim().split('\n');
const venvsMade = async () =>
  (await callsOf(systemPython)).filter((module) => module === 'venv').length;

test('creates one environment for three concurrent processes', async () => {
  const ask = () => ensureMotoVenv({ directory, systemPython });
  const interpreters = await Promise.all([ask(), ask(), ask()]);
  expect(new Set(interpreters)).toEqual(new Set([join(directory, 'bin/python')]));
  expect(await venvsMade()).toBe(1);
  expect(await callsOf(join(directory, 'bin/python'))).toEqual(['pip']);
  await expect(stat(`${directory}.lock`)).rejects.toThrow('ENOENT');
});

test('creates the environment again when the requirements have changed', async () => {
  await ensureMotoVenv({ directory, systemPython });
  await writeFile(join(directory, 'requirements.sha256'), 'another checksum');
  await ensureMotoVenv({ directory, systemPython });
  expect(await venvsMade()).toBe(2);
});

test('returns an existing environment within 200 ms', async () => {
  await ensureMotoVenv({ directory, systemPython });
  const started = performance.now();
  await ensureMotoVenv({ directory, systemPython });
  expect(performance.now() - started).toBeLessThan(200);
});

test('explains in one line what to install when Python is missing', async () => {
  const asked = ensureMotoVenv({ directory, systemPython: join(folder, 'absent') });
  await expect(asked).rejects.toThrow(
    /^The checks against moto cannot run: install Python 3\.11 or newer with venv and pip .*$/,
  );
  await expect(stat(`${directory}.lock`)).rejects.toThrow('ENOENT');
});

test('takes over the lock of a process that no longer exists', async () => {
  await mkdir(`${directory}.lock`);
  // Greater than the largest process ID of Linux, 2^22.
  await writeFile(join(`${directory}.lock`, 'pid'), '99999999');
  await ensureMotoVenv({ directory, systemPython });
  expect(await venvsMade()).toBe(1);
});
