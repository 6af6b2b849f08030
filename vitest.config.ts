// Tests of every kind run in one go; what needs moto or Chromium waits longer.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{functions,test}/**/*.test.ts'],
    globalSetup: ['test/moto/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each file starts its own servers; two cores carry two files well.
    maxWorkers: 2,
    // Functions that are loaded as they are deployed would log between the dots.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
