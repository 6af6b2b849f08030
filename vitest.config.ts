// Tests of every kind run in one go; those that need moto or a browser wait longer.
import { defineConfig } from 'vitest/config';
import { missingHere, testFilesThatNeed } from './tools/requirements.ts';

export default defineConfig({
  test: {
    include: ['{functions,test}/**/*.test.ts'],
    globalSetup: ['test/moto/setup.ts'],
    runner: './test/runner.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each file starts its own servers; two cores carry two files well.
    maxWorkers: 2,
    env: {
      SKIPPED_TEST_FILES: missingHere().flatMap(testFilesThatNeed).join('\n'),
    },
  },
});
