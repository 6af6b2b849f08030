// The compiled policy that functions carry.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import { readPolicyFile } from '../../functions/policy/policy-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'policy-file-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const written = (content: unknown): string => {
  const path = join(directory, 'policy.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const policy = loadPolicy(POLICIES, 'example');

test('comes out as it was compiled', () => {
  expect(readPolicyFile(written(policy))).toEqual(policy);
});

test.each([
  ['no JSON', '{"mode":'],
  ['an older shape', { ...policy, limits: undefined }],
  ['something added by hand', { ...policy, exceptions: ['*'] }],
])('with %s it is refused, and the function does not start', (_what, content) => {
  const path = written(content);
  expect(() => readPolicyFile(path)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
  expect(() => readPolicyFile(path)).toThrow(path);
});

test('that is missing is refused, with the cause', () => {
  const path = join(directory, 'nothing.json');
  expect(() => readPolicyFile(path)).toThrow(
    expect.objectContaining({
      name: 'InvalidInput',
      cause: expect.objectContaining({ code: 'ENOENT' }),
    }),
  );
});
