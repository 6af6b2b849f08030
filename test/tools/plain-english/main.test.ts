// Tests the command: its output for people and programs, and its exit codes.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';

const ROOT = join(import.meta.dirname, '../../..');
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['cli/main.ts', 'language', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });

test('--json prints the figures of each file, and the exit code agrees', () => {
  const { stdout, status } = run('--json', 'tools/plain-english');
  const { results, counts } = z
    .object({
      results: z.array(z.object({ name: z.string(), words: z.int(), faults: z.array(z.string()) })),
      counts: z.object({ words: z.int(), faults: z.int() }),
    })
    .parse(JSON.parse(stdout));
  expect(counts.words).toBeGreaterThan(100);
  expect(results.map(({ name }) => name)).toContain('tools/plain-english/main.ts');
  expect(status).toBe(counts.faults === 0 ? 0 : 1);
});

test('a folder without files exits with 2 and names the folder', () => {
  const { stderr, status } = run('no-such-folder');
  expect(stderr).toContain('nothing to read under no-such-folder');
  expect(status).toBe(2);
});
