// Tests the rule for commit subjects in repositories made for the test.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { longSubjects } from '../../../tools/plain-english/commits.ts';

const CHECK = 'tools/plain-english/commits.ts';
const subject = (length: number) => 'x'.repeat(length);
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-commits-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

const commit = (message: string) =>
  git('-c', 'commit.gpgsign=false', 'commit', '--quiet', '--allow-empty', '-m', message);

function commitTheCheck(message: string): void {
  mkdirSync(join(folder, 'tools/plain-english'), { recursive: true });
  writeFileSync(join(folder, CHECK), '');
  git('add', '.');
  commit(message);
}

const long = () => {
  const subjects = longSubjects(folder);
  return 'long' in subjects ? subjects.long.map((line) => line.replace(/^\w+ /, '')) : subjects;
};

test('a subject of 73 characters is found, one of 72 is not', () => {
  git('init', '--quiet');
  commit('Start');
  commitTheCheck('Add the check');
  commit(subject(72));
  commit(`${subject(73)}\n\nThe reason.`);
  expect(long()).toEqual([subject(73)]);
});

test('a long subject before the check is left alone, and the check itself is not', () => {
  git('init', '--quiet');
  commit(subject(100));
  commitTheCheck(subject(80));
  expect(long()).toEqual([subject(80)]);
});

test('a merge commit may have any subject', () => {
  git('init', '--quiet', '--initial-branch=main');
  commitTheCheck('Add the check');
  git('checkout', '--quiet', '-b', 'other');
  commit('Work');
  git('checkout', '--quiet', 'main');
  git('merge', '--quiet', '--no-ff', '-m', subject(90), 'other');
  expect(long()).toEqual([]);
});

test('skips the commit check without history, and says why', () => {
  expect(longSubjects(folder)).toEqual({ skipped: 'no git history here' });
  git('init', '--quiet');
  expect(longSubjects(folder)).toEqual({ skipped: 'the check is not committed yet' });
});

test('skips the commit check in a shallow clone, and says why', () => {
  git('init', '--quiet');
  commitTheCheck('Add the check');
  commit(subject(90));
  git('clone', '--quiet', '--depth=1', `file://${folder}`, 'clone');
  expect(longSubjects(join(folder, 'clone'))).toEqual({ skipped: 'the clone is shallow' });
});
