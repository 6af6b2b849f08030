// Tests that explain answers for a case's own account, not for the stand-in's.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { readCaseEvent } from '../../cli/given-facts.ts';
import { CASES } from '../../tools/eval/cases.ts';

const quiet = { line: () => {}, write: () => {}, progress: () => {} };
const actionsOn = async (name: string): Promise<string> => {
  const { event, given } = await readCaseEvent(join(CASES, `${name}.yaml`));
  const { results } = await explain([event], 'local', quiet, given);
  return JSON.stringify(results);
};

test('explains a case with its facts: planned work leaves a ticket, a stranger a request', async () => {
  const planned = await actionsOn('27-quarter-end-export');
  expect(planned).toContain('Planned work explains it');
  expect(planned).not.toContain('revoke_api_key');
  expect(await actionsOn('26-mass-read-with-a-stolen-key')).toContain('revoke_api_key');
}, 30_000);
