// A bundle finds its data files, as the CDK builds it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { intervalOfCidr } from '../../functions/enrich/intervals.ts';
import { ESBUILD } from '../../infra/bundling.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'countermand-bundling-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the AWS ranges lie beside the bundle and are read from there', async () => {
  const outfile = join(folder, 'index.mjs');
  await build({
    ...ESBUILD,
    mainFields: [...ESBUILD.mainFields],
    entryPoints: [join(root, 'functions/enrich/aws-ranges.ts')],
    outfile,
  });
  expect(readdirSync(folder).sort()).toEqual([
    'aws-ranges.data.json',
    'index.mjs',
    'index.mjs.map',
  ]);
  const { awsServicesIn } = await import(pathToFileURL(outfile).href);
  expect(await awsServicesIn(intervalOfCidr('52.219.170.1/32'))).toEqual(['S3']);
});
