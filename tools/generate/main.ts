// npm run generate: writes every generated file and removes stale ones.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type GeneratedFile, generatedFiles, registryFiles } from './files.ts';
import { scopeFolders } from './folders.ts';

const root = resolve(import.meta.dirname, '../..');

function write(files: readonly GeneratedFile[]): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

// The rest imports the registries, so they come first.
write(registryFiles(root, await scopeFolders(root)));
const files = await generatedFiles(root);
write(files);
const paths = new Set(files.map(([path]) => path));
for (const folder of ['functions/execute/entries', 'functions/reverse/entries', 'policies/schema'])
  for (const name of readdirSync(join(root, folder)))
    if (!paths.has(`${folder}/${name}`)) rmSync(join(root, folder, name));
console.log(`${files.length} files written`);
