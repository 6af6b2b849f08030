// Tests the command: its output for people and programs, and its exit codes.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '../../..');
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['tools/plain-english/main.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });

test('--json prints the report that a program can read, and the exit code agrees', () => {
  const { stdout, status } = run('--json', 'tools/plain-english');
  const report = z
    .object({ total: z.object({ words: z.int() }), faults: z.array(z.string()) })
    .parse(JSON.parse(stdout));
  expect(report.total.words).toBeGreaterThan(100);
  expect(status).toBe(report.faults.length === 0 ? 0 : 1);
});

test('an unknown option prints the usage and exits with 2', () => {
  const { stderr, stdout, status } = run('--colour');
  expect(stderr).toContain('Usage: npm run language');
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test('a folder without files exits with 2 and names the folder', () => {
  const { stderr, status } = run('no-such-folder');
  expect(stderr).toContain('Nothing to read under no-such-folder');
  expect(status).toBe(2);
});

test('--help prints the usage and exits with 0', () => {
  const { stdout, status } = run('--help');
  expect(stdout).toContain('Exit codes');
  expect(status).toBe(0);
});
