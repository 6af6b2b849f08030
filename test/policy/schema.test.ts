// Each policy file names a JSON Schema for editors that exists.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

test.each([
  'actions.yaml',
  'channels.yaml',
  'escalation.yaml',
  'limits.yaml',
  'protected.yaml',
  'accounts/example.yaml',
  'accounts/local.yaml',
])('%s names a JSON Schema that exists', (file) => {
  const [firstLine = ''] = readFileSync(join(POLICIES, file), 'utf8').split('\n');
  const path = /\$schema=(.+)$/.exec(firstLine)?.[1] ?? '';
  expect(() => readFileSync(join(POLICIES, file, '..', path))).not.toThrow();
});
