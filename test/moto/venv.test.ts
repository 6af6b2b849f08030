// The environment is made once, remade when its requirements change, and explained when it cannot be.
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureMotoVenv } from './venv.ts';

/** Stands in for python3: notes each call beside itself; `-m venv` installs a copy of itself. */
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

test('three processes that ask at once make one environment', async () => {
  const ask = () => ensureMotoVenv({ directory, systemPython });
  const interpreters = await Promise.all([ask(), ask(), ask()]);
  expect(new Set(interpreters)).toEqual(new Set([join(directory, 'bin/python')]));
  expect(await venvsMade()).toBe(1);
  expect(await callsOf(join(directory, 'bin/python'))).toEqual(['pip']);
  await expect(stat(`${directory}.lock`)).rejects.toThrow('ENOENT');
});

test('an environment made from other requirements is made again', async () => {
  await ensureMotoVenv({ directory, systemPython });
  await writeFile(join(directory, 'requirements.sha256'), 'of another day');
  await ensureMotoVenv({ directory, systemPython });
  expect(await venvsMade()).toBe(2);
});

test('an existing environment costs next to nothing', async () => {
  await ensureMotoVenv({ directory, systemPython });
  const started = performance.now();
  await ensureMotoVenv({ directory, systemPython });
  expect(performance.now() - started).toBeLessThan(200);
});

test('a missing Python is one line that names what to install', async () => {
  const asked = ensureMotoVenv({ directory, systemPython: join(folder, 'absent') });
  await expect(asked).rejects.toThrow(
    /^The checks against moto cannot run: install Python 3\.11 or newer with venv and pip .*$/,
  );
  await expect(stat(`${directory}.lock`)).rejects.toThrow('ENOENT');
});

test('the lock of a process that is gone is taken over', async () => {
  await mkdir(`${directory}.lock`);
  // Above the largest process id of Linux, 2^22.
  await writeFile(join(`${directory}.lock`, 'pid'), '99999999');
  await ensureMotoVenv({ directory, systemPython });
  expect(await venvsMade()).toBe(1);
});
