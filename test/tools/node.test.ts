// The guard in front of every command: what it says where nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  mkdirSync(join(clone, 'tools'));
  copyFileSync(join(import.meta.dirname, '../../tools/node.cjs'), join(clone, 'tools/node.cjs'));
  writeFileSync(join(clone, 'says.cjs'), "console.log('it runs');\n");
});
afterEach(() => rmSync(clone, { recursive: true }));

const run = () => {
  const args = ['tools/node.cjs', 'says.cjs'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: clone,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

test('before npm ci a command ends with one line that says so', () => {
  expect(run()).toEqual({
    status: 1,
    stdout: '',
    stderr: 'countermand: nothing is installed yet: run "npm ci" first.\n',
  });
});

test('after it, the command runs', () => {
  mkdirSync(join(clone, 'node_modules'));
  expect(run()).toEqual({ status: 0, stdout: 'it runs\n', stderr: '' });
});
