// One round of questions: the model asks, enrichment answers, once.
import { afterEach, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { POLICY, recommend } from '../fixtures/case.ts';
import { citing } from '../fixtures/citing.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
afterEach(() => world.stop());

const RELATED = { ask: 'related-alerts', about: 'key-1' };

/** Asks the same questions whenever it is asked. `read`: the dossiers that it got. */
const asking = (questions: unknown[], read: string[], failsAt = 0): Analyst =>
  citing({
    origin: 'anthropic',
    model: 'a-model',
    judge: async ({ dossier = '' }) => {
      read.push(dossier);
      if (read.length === failsAt) throw new Error('529 overloaded');
      return {
        ...{ verdict: 'malicious', summary: `Answer ${read.length}.`, questions },
        recommendations: [recommend({ action: 'revoke_api_key', target: 'key-1' })],
      };
    },
  });

async function delivered(
  questions: unknown[],
  failsAt?: number,
  policy = POLICY,
  event = sample('leaked-access-key'),
) {
  const read: string[] = [];
  const called: string[] = [];
  world = await createWorld({ policy, analyst: asking(questions, read, failsAt) });
  const { functions } = world.runtime;
  for (const [name, fn] of Object.entries(functions))
    functions[name] = (payload) => {
      called.push(name);
      return fn(payload);
    };
  await world.deliver(event);
  const [{ incidentId = '', alertId = '' } = {}] = await world.actions();
  const { records } = world.runtime.store;
  const [assessment, facts] = await Promise.all([
    records.findAssessment(incidentId, alertId),
    records.findFacts(incidentId, alertId),
  ]);
  const steps = called.filter((name) => ['enrich', 'analyse', 'gate'].includes(name));
  return { read, steps, assessment, facts };
}

test('answers once what the model asks, and asks it a second time, never a third', async () => {
  const { read, steps, assessment, facts } = await delivered([RELATED]);
  expect(steps).toEqual(['enrich', 'analyse', 'enrich', 'analyse', 'gate']);
  expect(read).toHaveLength(2);
  expect(read[0]).not.toContain('ANSWERS');
  expect(read[1]).toContain(`${read[0]}\nANSWERS\nA1 records related alerts about key-1: none in`);
  expect(assessment?.summary).toBe('Answer 2.');
  expect(facts?.citable?.at(-1)).toMatchObject({ id: 'A1', source: 'records', refs: ['key-1'] });
});

test('says that an answer is unknown when CloudTrail lists nothing, which proves nothing', async () => {
  const { read, facts } = await delivered([{ ask: 'activity-7-days', about: 'user-1' }]);
  expect(read[1]).toMatch(
    /^A1 activity-7-days of user-1: unknown: CloudTrail lists no event in 168 hours/m,
  );
  expect(facts?.citable?.filter(({ id }) => id.startsWith('A'))).toEqual([]);
});

test('decides on the first answer when the model fails after its questions', async () => {
  const { assessment } = await delivered([RELATED], 2);
  expect(assessment).toMatchObject({ summary: 'Answer 1.', failure: null });
});

test('P12: the second call counts against the budget, above which the first answer stays', async () => {
  const budget = { ...POLICY.analysis.budget, perIncidentPerHour: 1 };
  const policy = { ...POLICY, analysis: { ...POLICY.analysis, budget } };
  const { read, assessment, facts } = await delivered([RELATED], undefined, policy);
  expect(read).toHaveLength(1);
  expect(assessment).toMatchObject({ summary: 'Answer 1.', failure: null });
  expect(facts?.citable?.filter(({ id }) => id.startsWith('A'))).toEqual([]);
});

test('asks nothing that is not on the menu or not about an entity of the alert', async () => {
  const { steps } = await delivered([
    { ask: 'run-a-query', about: 'key-1' },
    { ask: 'related-alerts', about: 'key-9' },
    { ask: 'activity-7-days', about: 'ip-1' },
    { ask: 'related-alerts', about: 'key-1', where: '1 = 1' },
    'related-alerts key-1',
  ]);
  expect(steps).toEqual(['enrich', 'analyse', 'gate']);
});

test('P12: no critical alert waits for a round of questions', async () => {
  const critical = sample('attack-sequence');
  const about = ['key-1', 'user-1', 'role-1', 'ip-1'];
  const asked = about.map((ref) => ({ ...RELATED, about: ref }));
  const { steps, assessment } = await delivered(asked, undefined, POLICY, critical);
  expect(steps).toEqual(['enrich', 'analyse', 'gate']);
  expect(assessment?.summary).toBe('Answer 1.');
});

test('reads three different questions at most', async () => {
  const asked = ['key-1', 'user-1', 'ip-1', 'ip-1', 'role-1'].map((about) => ({
    ...{ ask: 'related-alerts', about },
  }));
  const { read } = await delivered([asked[0], ...asked]);
  expect(read[1]?.match(/^A\d .* about \S+:/gm)).toEqual([
    'A1 records related alerts about key-1:',
    'A2 records related alerts about user-1:',
    'A3 records related alerts about ip-1:',
  ]);
});
