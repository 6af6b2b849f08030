// Tests that explain answers for a case's own account, not for the stand-in's.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { readCaseEvent, readGivenFacts } from '../../cli/given-facts.ts';
import { CASES } from '../../tools/eval/cases.ts';
import { sample } from '../flow/world.ts';

const quiet = { line: () => {}, write: () => {}, progress: () => {} };
const actionsOn = async (name: string): Promise<string> => {
  const { event, given } = await readCaseEvent(join(CASES, `${name}.yaml`));
  const { results } = await explain([event], 'local', quiet, given);
  return JSON.stringify(results);
};

test('explains a case with its facts: planned work leaves a ticket, an attack a request', async () => {
  const planned = await actionsOn('27-quarter-end-export');
  expect(planned).toContain('Planned work explains it');
  expect(planned).not.toContain('revoke_api_key');
  expect(await actionsOn('26-mass-read-with-a-stolen-key')).toContain('revoke_api_key');
}, 30_000);

const fileWith = (facts: object): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'facts-')), 'facts.yaml');
  writeFileSync(path, JSON.stringify(facts));
  return path;
};

test('explains an event with facts of your account: a user of a service is not disabled', async () => {
  const event = { name: 'leaked-access-key', body: JSON.stringify(sample('leaked-access-key')) };
  const actionsWith = async (facts: object) => {
    const given = readGivenFacts(fileWith(facts));
    const { results } = await explain([event], 'local', quiet, given);
    return JSON.stringify(results);
  };
  const service = { serviceAccount: true, tags: { 'account-type': 'service' } };
  expect(await actionsWith({})).toContain(
    '"action":"disable_user_account_temporarily","target":"report',
  );
  expect(await actionsWith({ 'user-1': { identity: service } })).toContain(
    '"action":"revoke_service_account_credential","target":"report',
  );
}, 30_000);

test('names the field that a file of facts must not have', () => {
  const path = fileWith({ 'user-1': { nonsense: 1 } });
  expect(() => readGivenFacts(path)).toThrow(
    /^cannot read .*facts\.yaml: ✖ Unrecognized key: "nonsense"\n {2}→ at \["user-1"\]$/,
  );
});
