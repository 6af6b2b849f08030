// The JSON Schemas that editors use are the ones that the loader checks by.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../functions/policy/json-schema.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

test('what is committed is what `npm run policies:schema` writes', () => {
  const committed = readdirSync(join(POLICIES, 'schema'));
  expect(committed.sort()).toEqual(
    jsonSchemas()
      .map(([file]) => file)
      .sort(),
  );
  for (const [file, content] of jsonSchemas())
    expect(readFileSync(join(POLICIES, 'schema', file), 'utf8'), file).toBe(content);
});

test.each([
  'actions.yaml',
  'channels.yaml',
  'escalation.yaml',
  'limits.yaml',
  'protected.yaml',
  'accounts/example.yaml',
  'accounts/local.yaml',
])('%s tells editors of a schema that is there', (file) => {
  const [firstLine = ''] = readFileSync(join(POLICIES, file), 'utf8').split('\n');
  const path = /\$schema=(.+)$/.exec(firstLine)?.[1] ?? '';
  expect(() => readFileSync(join(POLICIES, file, '..', path))).not.toThrow();
});
