// npm run generate: writes every generated file and removes stale ones.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Writes the files that differ and returns their paths. */
function write(files: readonly GeneratedFile[]): string[] {
  const stale = files.filter(([path, content]) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
  for (const [path, content] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return stale.map(([path]) => path);
}

/** Removes files that nothing generates any more, and returns their paths. */
function removeOthers(files: readonly GeneratedFile[]): string[] {
  const paths = new Set(files.map(([path]) => path));
  const stale = GENERATED_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  ).filter((path) => !paths.has(path));
  for (const path of stale) rmSync(join(root, path));
  return stale;
}

/** Brings every generated file up to date and prints those that changed. */
export async function generate(out: Out): Promise<Outcome> {
  // generatedFiles imports the registries, so they are written first.
  const first = write(registryFiles(root, await scopeFolders(root)));
  const files = await generatedFiles(root);
  const written = [...first, ...write(files)];
  const removed = removeOthers(files);
  for (const path of written) out.line(`written  ${path}`);
  for (const path of removed) out.line(`removed  ${path}`);
  out.line(`${files.length} files: ${written.length} written, ${removed.length} removed`);
  const results = files.map(([path]) => ({ file: path, written: written.includes(path) }));
  const counts = { files: files.length, written: written.length, removed: removed.length };
  return { exitCode: 0, results, counts };
}
