// npm run generate: writes every generated file and removes stale ones.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Out, Outcome } from '../../cli/output.ts';
import { type GeneratedFile, generatedFiles, registryFiles } from './files.ts';
import { scopeFolders } from './folders.ts';

const root = resolve(import.meta.dirname, '../..');
/** Folders that hold generated files only. */
const GENERATED_FOLDERS = [
  'functions/execute/entries',
  'functions/reverse/entries',
  'policies/schema',
];

function write(files: readonly GeneratedFile[]): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Writes the files and returns their paths. */
export async function generate(out: Out): Promise<Outcome> {
  // generatedFiles imports the registries, so they are written first.
  write(registryFiles(root, await scopeFolders(root)));
  const files = await generatedFiles(root);
  write(files);
  const paths = new Set(files.map(([path]) => path));
  for (const folder of GENERATED_FOLDERS)
    for (const name of readdirSync(join(root, folder)))
      if (!paths.has(`${folder}/${name}`)) rmSync(join(root, folder, name));
  out.line(`${files.length} files written`);
  const results = files.map(([path]) => ({ file: path }));
  return { exitCode: 0, results, counts: { files: files.length } };
}
