// The hosted check runs the README command with pinned, read-only actions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';

const Workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.object({
    check: z.object({
      'timeout-minutes': z.number(),
      env: z.record(z.string(), z.string()),
      steps: z.array(z.object({ uses: z.optional(z.string()), run: z.optional(z.string()) })),
    }),
  }),
});
const source = readFileSync(
  join(import.meta.dirname, '..', '..', '.github', 'workflows', 'check.yml'),
  'utf8',
);
const { permissions, jobs } = Workflow.parse(parse(source));

describe('the workflow that runs the check', () => {
  test('the workflow runs the two commands of the README with CI=true', () => {
    expect(jobs.check.steps.flatMap(({ run }) => run ?? [])).toEqual(['npm ci', 'npm run check']);
    expect(jobs.check.env.CI).toBe('true');
  });

  test('the workflow pins every action to a commit', () => {
    const uses = jobs.check.steps.flatMap((step) => step.uses ?? []);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  test('the workflow has read access only, uses no secret and has a time limit', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(source).not.toContain('secrets.');
    expect(jobs.check['timeout-minutes']).toBeLessThanOrEqual(60);
  });
});
