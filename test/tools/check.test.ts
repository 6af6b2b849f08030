// npm run check on a machine without Python: output, counts and exit code.
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFilesThatNeed } from '../../tools/requirements.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['cli', 'console', 'functions', 'infra', 'local', 'test', 'tools'];
const PASSED = '{"status": "passed"}';

let folder: string;
let project: string;
let programs: string;

/** Replaces a tool in node_modules/.bin by a script. */
function tool(name: string, script: string): void {
  const path = join(project, 'node_modules/.bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Replaces vitest by a script that reports these results for a file that needs moto. */
const vitest = (status: string, exitCode: number, ofFile = 'passed') =>
  tool(
    'vitest',
    `for one in "$@"; do case "$one" in --outputFile.json=*) report="\${one#*=}";; esac; done
echo '{"testResults": [{"name": "${project}/test/moto/harness.test.ts", "status": "${ofFile}", "assertionResults": [${status}]}]}' > "$report"
exit ${exitCode}`,
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-check-'));
  project = join(folder, 'project');
  programs = join(folder, 'programs');
  mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
  mkdirSync(programs);
  for (const part of [...FOLDERS, 'package.json'])
    cpSync(join(ROOT, part), join(project, part), { recursive: true });
  for (const name of ['commander', 'zod', '@sparticuz', 'yaml', 'canonicalize', 'ipaddr.js'])
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  // `node` runs the language check, which would read files that are not copied.
  for (const name of ['biome', 'tsc', 'knip', 'depcruise', 'cdk', 'node']) tool(name, 'exit 0');
  const { stdout } = spawnSync('sh', ['-c', 'command -v sh'], { encoding: 'utf8' });
  symlinkSync(stdout.trim(), join(programs, 'sh'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function check(env: Record<string, string> = {}, ...args: string[]) {
  return new Promise<{ code: number; lines: string[] }>((resolve) =>
    execFile(
      process.execPath,
      ['cli/main.ts', 'check', ...args],
      // Python isn't on PATH. The browser is any file that exists, so that only Python is missing.
      { cwd: project, env: { PATH: programs, COUNTERMAND_BROWSER: process.execPath, ...env } },
      (error, stdout) =>
        resolve({ code: Number(error?.code ?? 0), lines: stdout.trim().split('\n') }),
    ),
  );
}

test('a missing Python is named first, and its skipped tests are counted and named last', async () => {
  vitest(`${PASSED}, {"status": "pending"}, {"status": "skipped"}`, 0);
  const { code, lines } = await check();
  expect(code).toBe(0);
  expect(lines[0]).toMatch(/^Missing: Python 3\.11 .* Install it: .*apt-get install python3/);
  expect(lines.at(-1)).toBe('8 passed, 0 failed, 2 skipped');
  const last = lines.slice(-5).join('\n');
  expect(last).toMatch(/Skipped: 2 tests in \d+ files\. Missing: Python 3\.11/);
  expect(last).toContain('test/moto/harness.test.ts');
});

test('a missing Python fails the check before any step if CI is true', async () => {
  const { code, lines } = await check({ CI: 'true' });
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/^Missing: Python/);
  expect(lines.join('\n')).not.toContain('== ');
  expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});

test('a missing browser is named with the command that installs it', async () => {
  const { code, lines } = await check({ CI: 'true', COUNTERMAND_BROWSER: '/nowhere' });
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(/Missing: Chrome or Chromium\. Install it: npm ci/);
  expect(lines.at(-1)).toBe('0 passed, 2 failed, 0 skipped');
});

test('a failed test and a failed step each count once, and the exit code is 1', async () => {
  vitest(`${PASSED}, {"status": "failed"}`, 1);
  tool('knip', 'exit 1');
  const { code, lines } = await check();
  tool('knip', 'exit 0');
  expect(code).toBe(1);
  expect(lines).toContain('Failed: dead code, tests');
  expect(lines.at(-1)).toBe('6 passed, 2 failed, 0 skipped');
});

test('a tool that a signal ends fails its step, and the signal is named', async () => {
  vitest(PASSED, 0);
  tool('knip', 'kill -s KILL $$');
  const { code, lines } = await check();
  tool('knip', 'exit 0');
  expect(code).toBe(1);
  expect(lines).toContain('knip was ended by SIGKILL, as when the machine runs out of memory');
  expect(lines).toContain('Failed: dead code');
});

test('a test file that failed outside its tests counts as a failed test', async () => {
  const other = `${PASSED}]}, {"name": "${project}/a.test.ts", "status": "failed", "assertionResults": [{"status": "failed"}`;
  vitest(other, 1, 'failed');
  const { code, lines } = await check();
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe('7 passed, 2 failed, 0 skipped');
});

test('--json prints only the steps and counts to stdout', async () => {
  vitest(PASSED, 0);
  const { lines } = await check({}, '--json');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    command: 'check',
    exitCode: 0,
    counts: { passed: 8, failed: 0, skipped: 0 },
    results: expect.arrayContaining([{ step: 'tests', passed: true, seconds: expect.any(Number) }]),
  });
});

test('test files that need moto or a browser are found by their imports', () => {
  const moto = testFilesThatNeed({ modules: ['test/moto/moto-server.ts', 'test/moto/shell.ts'] });
  expect(moto).toEqual(
    expect.arrayContaining(['test/moto/flow.test.ts', 'test/messaging/runbook.test.ts']),
  );
  expect(moto).not.toContain('test/browser/console.test.ts');
  expect(testFilesThatNeed({ modules: ['test/browser/launch.ts'] })).toEqual([
    'test/browser/console.test.ts',
    'test/browser/decide.test.ts',
    'test/browser/first-screen.test.ts',
    'test/browser/incident.test.ts',
    'test/browser/list.test.ts',
    'test/browser/sign-in.test.ts',
  ]);
});
