// Errors about input name the field and the expected form, in every program.
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test, vi } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import { POLICY } from '../fixtures/case.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'countermand-english-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a handler names the missing field and what was expected there', async () => {
  const policyPath = join(folder, 'policy.json');
  writeFileSync(policyPath, JSON.stringify(POLICY));
  for (const name of Object.values(ENV)) vi.stubEnv(name, 'https://example.com');
  vi.stubEnv(ENV.policyPath, policyPath);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  const { handler } = await import('../../functions/remind/handler.ts');
  const failure = await handler({ incidentId: 'inc-1' }).catch((error: Error) => error.message);
  expect(JSON.parse(String(failure))).toMatchObject([
    { path: ['incidentId'], message: expect.stringMatching(/^Invalid string: must match pattern/) },
    { path: ['actionId'], message: 'Invalid input: expected string, received undefined' },
  ]);
});

const PROGRAMS = globSync(
  [
    'functions/**/{handler,entries/*}.ts',
    'cli/{start,replay,explain,audit,try-channels,drill/main}.ts',
    'infra/app.ts',
    'tools/{check,aws-ranges}.ts',
    'tools/*/{main,record-sizes}.ts',
  ],
  { cwd: root },
);

test('every program that parses with zod loads its English messages', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true,
  });
  const outputs = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint);
  expect(outputs.length).toBe(PROGRAMS.length);
  const without = outputs
    .filter(({ imports }) => imports.some(({ path }) => path === 'zod/mini'))
    .filter(({ inputs }) => !('functions/domain/english.ts' in inputs))
    .map(({ entryPoint }) => entryPoint);
  expect(without).toEqual([]);
});
