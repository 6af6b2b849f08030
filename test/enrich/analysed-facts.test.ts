// Facts that are read again before an approved action keep what was looked up.
import { expect, test, vi } from 'vitest';
import { type Facts, known } from '../../functions/domain/facts.ts';
import { analysedFacts } from '../../functions/enrich/analysed-facts.ts';
import type { EnrichDeps } from '../../functions/enrich/deps.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  INCIDENT_ID,
  leakedKey,
  POLICY,
  theAlertItself,
  theFunction,
  theInstance,
} from '../fixtures/case.ts';

const scanner = { id: 'weekly', owner: 'Ana', why: 'The weekly scan', until: '2026-12-31' };
const policy = { ...POLICY, scanners: [{ ...scanner, networks: ['203.0.113.0/28'] }] };
const entities = [attacker, leakedKey, theInstance, theFunction, theAlertItself];

async function carried(findFacts: () => Promise<Facts | undefined>) {
  const deps = { store: { records: { findFacts } }, policy, awsConfig: {}, log: () => {} };
  const alert = alertWith({ entities });
  const { cited, loggedOn, scannerOf } = await analysedFacts(
    deps as unknown as EnrichDeps,
    INCIDENT_ID,
    alert,
  );
  const found = await Promise.all(
    entities.map(async (entity) => ({ ...(await loggedOn(entity)), ...(await scannerOf(entity)) })),
  );
  return { cited, found };
}

const LOST = { known: false, why: 'the results of the look-ups of the request could not be read' };

test.each([
  ['do not answer', () => Promise.reject(new Error('no answer'))],
  ['are missing', async () => undefined],
])('names each look-up as unknown when the earlier facts %s', async (_, findFacts) => {
  const { cited, found } = await carried(findFacts);
  expect(cited).toBeUndefined();
  expect(found).toEqual([
    { scanner: LOST },
    { activity: LOST },
    { changes: LOST, flows: LOST, configChanges: LOST, scanner: LOST },
    { changes: LOST, configChanges: LOST },
    {},
  ]);
});

test('reads the earlier facts a second time, and keeps the scanner of an earlier version', async () => {
  const earlier = factsAbout(attacker.ref);
  if (!earlier.address) throw new Error('it has no facts about the address');
  const facts = {
    ...factsWith({ ...earlier, address: { ...earlier.address, scanner } }),
    citable: [],
  };
  const findFacts = vi.fn().mockRejectedValueOnce(new Error('no answer')).mockResolvedValue(facts);
  const { cited, found } = await carried(findFacts);
  expect(cited).toEqual({ citable: [] });
  expect(found[0]).toEqual({ scanner: known(scanner) });
});
