// Runs every check and prints the counts last.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import * as z from 'zod/mini';
import '../functions/domain/english.ts';
import type { Out, Outcome } from '../cli/output.ts';
import { missingHere, type Requirement, sayMissing, testFilesThatNeed } from './requirements.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const CHECKED = ['cli', 'console', 'functions', 'infra', 'local', 'tools'];

type Step = readonly [name: string, command: string, args: readonly string[]];
const stepsIn = (folder: string): readonly Step[] => [
  ['format and lint', 'biome', ['ci', '--error-on-warnings', '.']],
  ['types', 'tsc', ['--noEmit']],
  ['dead code', 'knip', []],
  ['dependency rules', 'depcruise', [...CHECKED, '--config', '.dependency-cruiser.mjs']],
  ['plain English', 'node', ['cli/main.ts', 'language']],
  [
    'tests',
    'vitest',
    ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${reportIn(folder)}`],
  ],
  ['synth', 'cdk', ['synth', '--quiet', '--output', join(folder, 'cdk.out')]],
];
const reportIn = (folder: string): string => join(folder, 'tests.json');

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/**
 * The status of each test; empty if the test run crashed before its report. A file that failed outside its tests, for
 * example at an import, counts as one failed test.
 */
function testsIn(folder: string): { file: string; status: string }[] {
  try {
    const { testResults } = Report.parse(JSON.parse(readFileSync(reportIn(folder), 'utf8')));
    return testResults.flatMap(({ name, status: ofFile, assertionResults }) => {
      const file = relative(ROOT, name).replaceAll('\\', '/');
      const tests = assertionResults.map(({ status }) => ({ file, status }));
      const isExplained = tests.some(({ status }) => status === 'failed');
      return ofFile === 'failed' && !isExplained ? [...tests, { file, status: ofFile }] : tests;
    });
  } catch {
    return [];
  }
}

/** The environment without AWS credentials. No step needs an account, and with credentials a synth would look it up. */
const withoutCredentials = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('AWS_') && !name.startsWith('CDK_DEFAULT_'),
    ),
  ),
  AWS_SHARED_CREDENTIALS_FILE: join(ROOT, 'no-credentials'),
  AWS_CONFIG_FILE: join(ROOT, 'no-configuration'),
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** What a signal often means. */
const OUT_OF_MEMORY: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: ', as when the machine runs out of memory',
  SIGABRT: ', as when Node runs out of memory',
};

/** Runs a tool of node_modules with this process's Node. With `json`, its output goes to stderr. */
function passes([, command, args]: Step, json: boolean, out: Out): boolean {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', json ? 2 : 1, 2],
    env: {
      ...withoutCredentials(),
      PATH: [BIN, dirname(process.execPath), process.env.PATH].join(delimiter),
    },
    // On Windows the tools are .cmd files, which need a shell.
    shell: process.platform === 'win32',
  });
  if (error) out.progress(`cannot start ${command}: ${error.message}`);
  if (signal) out.line(`${command} was ended by ${signal}${OUT_OF_MEMORY[signal] ?? ''}`);
  return status === 0;
}

/** Runs the steps. With CI=true, a missing requirement fails the check before the first step. */
export function check(json: boolean, out: Out): Outcome {
  const missing = missingHere();
  for (const one of missing) out.line(sayMissing(one));
  if (missing.length > 0 && process.env.CI === 'true') {
    out.line(`\n0 passed, ${missing.length} failed, 0 skipped`);
    const results = missing.map(({ name }) => ({ step: name, passed: false, seconds: 0 }));
    return { exitCode: 1, results, counts: { passed: 0, failed: missing.length, skipped: 0 } };
  }
  if (missing.length > 0) out.line('The tests that need it will be skipped.');
  const folder = mkdtempSync(join(tmpdir(), 'countermand-check-'));
  try {
    const results = stepsIn(folder).map((step) => timed(step, json, out));
    return sumOf(results, testsIn(folder), missing, out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type StepResult = { step: string; passed: boolean; seconds: number };

function timed(step: Step, json: boolean, out: Out): StepResult {
  const [name] = step;
  out.line(`\n== ${name}`);
  const from = performance.now();
  const passed = passes(step, json, out);
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  out.line(`== ${name}: ${passed ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s`);
  return { step: name, passed, seconds };
}

function sumOf(
  results: readonly StepResult[],
  tests: readonly { file: string; status: string }[],
  missing: readonly Requirement[],
  out: Out,
): Outcome {
  const count = (...wanted: string[]) => tests.filter(({ status }) => wanted.includes(status));
  const failedTests = count('failed').length;
  const skippedTests = count('skipped', 'pending');
  const failedSteps = results.filter(({ passed }) => !passed).map(({ step }) => step);
  const counts = {
    passed: count('passed').length + results.length - failedSteps.length,
    // The test step counts as one failure only if no test failed.
    failed:
      failedTests + failedSteps.filter((name) => name !== 'tests' || failedTests === 0).length,
    skipped: skippedTests.length,
  };
  if (failedSteps.length > 0) out.line(`\nFailed: ${failedSteps.join(', ')}`);
  for (const requirement of missing) {
    const files = testFilesThatNeed(requirement);
    const tests = skippedTests.filter(({ file }) => files.includes(file)).length;
    out.line(`\nSkipped: ${tests} tests in ${files.length} files. ${sayMissing(requirement)}`);
    out.line(`  ${files.join(', ')}`);
  }
  out.line(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return { exitCode: failedSteps.length > 0 ? 1 : 0, results, counts };
}
