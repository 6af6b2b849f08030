// npm run check: everything that has to hold, step by step, and one closing line with the counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import * as z from 'zod';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const folder = mkdtempSync(join(tmpdir(), 'countermand-check-'));
const report = join(folder, 'tests.json');

const STEPS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['format and lint', 'biome', ['ci', '--error-on-warnings', '.']],
  ['types', 'tsc', ['--noEmit']],
  ['dead code', 'knip', []],
  [
    'dependency rules',
    'depcruise',
    [
      'cli',
      'console',
      'functions',
      'infra',
      'local',
      'tools',
      '--config',
      '.dependency-cruiser.mjs',
    ],
  ],
  ['tests', 'vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]],
  ['synth', 'cdk', ['synth', '--quiet', '--output', join(folder, 'cdk.out')]],
];

const Report = z.object({ numPassedTests: z.int(), numFailedTests: z.int() });

/** Tests passed and failed; none of either when the run died before it could report. */
function testCounts(): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests } = Report.parse(
      JSON.parse(readFileSync(report, 'utf8')),
    );
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/** Runs a tool of node_modules, with this project's own Node; true when it passed. */
function run(command: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    },
    // On Windows the tools are .cmd files, which only a shell starts.
    shell: process.platform === 'win32',
  });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status === 0;
}

const failedSteps: string[] = [];
for (const [name, command, args] of STEPS) {
  console.log(`\n== ${name}`);
  const from = performance.now();
  const ok = run(command, args);
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  console.log(`== ${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (!ok) failedSteps.push(name);
}

const { passed, failed } = testCounts();
rmSync(folder, { recursive: true, force: true });
const otherFailures = failedSteps.filter((name) => name !== 'tests' || failed === 0).length;
if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
console.log(
  `\n${passed + STEPS.length - failedSteps.length} passed, ${failed + otherFailures} failed`,
);
process.exitCode = failedSteps.length > 0 ? 1 : 0;
