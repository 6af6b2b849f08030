// Skips test files whose requirements are missing, and counts their tests.
import { type RunnerTask, type RunnerTestFile, TestRunner } from 'vitest';

function skip(task: RunnerTask): void {
  task.mode = 'skip';
  if ('tasks' in task) task.tasks.forEach(skip);
}

export default class extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    // Set by vitest.config.ts: paths from the project's root, separated by line breaks.
    const skipped = (process.env.SKIPPED_TEST_FILES ?? '').split('\n');
    for (const file of files) if (skipped.includes(file.name)) skip(file);
  }
}
