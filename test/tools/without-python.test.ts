// Without Python, every test that needs moto is skipped and counted.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { missingHere, testFilesThatNeed } from '../../tools/requirements.ts';

const ROOT = join(import.meta.dirname, '../..');
const COPIED = ['cli', 'console', 'docs', 'functions', 'infra', 'local', 'policies'];
const ALSO_COPIED = ['statemachines', 'test', 'tools', 'package.json', 'vitest.config.ts'];

const Report = z.object({
  testResults: z.array(
    z.object({
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

let folder: string;
let project: string;
let empty: string;
// A copy, because the checkout may already have the Python environment of moto.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-without-python-'));
  project = join(folder, 'project');
  empty = join(folder, 'empty');
  mkdirSync(empty);
  for (const part of [...COPIED, ...ALSO_COPIED])
    cpSync(join(ROOT, part), join(project, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('no file that needs moto starts it while its tests are collected', async () => {
  // Python isn't on PATH. The browser is any file that exists, so that only Python is missing.
  const env = { PATH: empty, HOME: empty, COUNTERMAND_BROWSER: process.execPath };
  const [python] = missingHere(env);
  if (!python) throw new Error('expected a missing Python');
  const files = testFilesThatNeed(python);
  const report = join(folder, 'report.json');
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--reporter=json', `--outputFile=${report}`, ...files];
  await promisify(execFile)(process.execPath, args, { cwd: project, env }).catch(() => {
    // The report names what failed.
  });
  const { testResults } = Report.parse(JSON.parse(readFileSync(report, 'utf8')));
  expect(
    testResults.flatMap(({ status, message }) => (status === 'failed' ? message : [])),
  ).toEqual([]);
  expect(testResults).toHaveLength(files.length);
  for (const { assertionResults } of testResults) {
    expect(assertionResults.length).toBeGreaterThan(0);
    expect(assertionResults.filter(({ status }) => status !== 'pending')).toEqual([]);
  }
}, 240_000);
