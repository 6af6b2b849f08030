// The compiled policy that functions read.
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

test('reads the policy as it was compiled', () => {
  expect(readPolicyFile(written(policy))).toEqual(policy);
});

test.each([
  ['text that is not JSON', '{"mode":'],
  ['an older shape', { ...policy, limits: undefined }],
  ['an additional field', { ...policy, exceptions: ['*'] }],
])('rejects a policy file with %s, and names the file', (_what, content) => {
  const path = written(content);
  expect(() => readPolicyFile(path)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
  expect(() => readPolicyFile(path)).toThrow(path);
});

test('rejects a missing policy file, with the cause', () => {
  const path = join(directory, 'nothing.json');
  expect(() => readPolicyFile(path)).toThrow(
    expect.objectContaining({
      name: 'InvalidInput',
      cause: expect.objectContaining({ code: 'ENOENT' }),
    }),
  );
});
