// The bench imports every function, which reads the environment and the policy.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { entries } from '../../tools/bench/bundle.ts';
import { environment } from '../../tools/bench/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'countermand-bench-'));
beforeAll(() => {
  for (const [name, value] of Object.entries(environment(folder))) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test.each(entries())('the function %s starts in the environment of the bench', async (_, path) => {
  expect(await import(pathToFileURL(path).href)).toHaveProperty('handler');
});
