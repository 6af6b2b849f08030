// .ci/run on machines that lack Python or apt-get.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

let programs: string;
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'countermand-ci-'));
  for (const name of ['bash', 'dirname', 'env', 'chmod']) {
    const { stdout } = spawnSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    symlinkSync(stdout.trim(), join(programs, name));
  }
  program('id', 'echo 0');
  program('npm', `echo "npm $* CI=$CI" >> ${programs}/calls`);
});
afterEach(() => rmSync(programs, { recursive: true }));

function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/usr/bin/env bash\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

function run() {
  const { status, stdout } = spawnSync('bash', ['.ci/run'], {
    cwd: ROOT,
    env: { PATH: programs },
    encoding: 'utf8',
  });
  return { status, lines: stdout.trim().split('\n') };
}

const calls = () => readFileSync(join(programs, 'calls'), 'utf8').trim().split('\n');
const README_COMMAND = ['npm ci CI=true', 'npm run check CI=true'];

test('.ci/run calls the command of the README when nothing is missing', () => {
  program('python3', 'exit 0');
  expect(run().status).toBe(0);
  expect(calls()).toEqual(README_COMMAND);
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('\nnpm ci && npm run check\n');
});

test('.ci/run installs Python with apt-get when it is missing', () => {
  program(
    'apt-get',
    `echo "apt-get $*" >> ${programs}/calls
[ "$1" = install ] || exit 0
printf '#!/usr/bin/env bash\\nexit 0\\n' > ${programs}/python3 && chmod +x ${programs}/python3`,
  );
  expect(run().status).toBe(0);
  expect(calls()).toEqual([
    'apt-get update -qq',
    'apt-get install -y -qq --no-install-recommends python3 python3-venv',
    ...README_COMMAND,
  ]);
});

test('.ci/run names Python and fails when there is no apt-get', () => {
  const { status, lines } = run();
  expect(status).toBe(1);
  expect(lines[0]).toMatch(/^Missing: Python 3\.11 or newer with venv\. Install it/);
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
});

test('.ci/run fails when apt-get installs a Python that is too old', () => {
  program('python3', 'exit 1');
  program('apt-get', 'exit 0');
  const { status, lines } = run();
  expect(status).toBe(1);
  expect(lines[0]).toMatch(/^Missing: Python 3\.11 .*apt-get could not install it/);
});

test('.ci/run names npm and fails when there is no npm', () => {
  rmSync(join(programs, 'npm'));
  const { status, lines } = run();
  expect(status).toBe(1);
  expect(lines[0]).toMatch(/^Missing: npm\. Install Node 24/);
});
