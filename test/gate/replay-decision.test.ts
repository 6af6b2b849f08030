// A decision is replayed from its record alone, and its cost is recorded.
import { beforeEach, expect, test } from 'vitest';
import { readRuling } from '../../functions/authority/rulings.ts';
import type { Assessment, Attempt } from '../../functions/domain/assessment.ts';
import { decide } from '../../functions/gate/decide.ts';
import type { GateDeps } from '../../functions/gate/deps.ts';
import { gate } from '../../functions/gate/gate.ts';
import { priced } from '../../functions/gate/price.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { digestOf } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import {
  ALERT_ID,
  assess,
  factsAbout,
  factsWith,
  HERE,
  INCIDENT_ID,
  NOW,
  POLICY,
  recommend,
} from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { startStores } from '../store/stores.ts';
import { readyForGate } from './ready.ts';

const database = startStores();
let store: Store;
beforeEach(async () => {
  store = await database.fresh();
  await readyForGate(store);
});
const deps = (): GateDeps => ({
  ...{ store, policy: POLICY, here: HERE, keys: KEYS, effectsOf },
  now: () => NOW,
  log: () => {},
});

/** One recommendation for each disposition. */
const RECOMMENDED = [
  recommend({ action: 'add_ip_to_watchlist' }),
  recommend({ action: 'block_ip_at_firewall' }),
  recommend({ action: 'block_cidr_range' }),
  recommend({ action: 'add_ip_to_watchlist', confidence: 1, target: 'ip-9' }),
];

test('decides the same again from the stored alert, assessment and policy, after the facts were read again', async () => {
  await gate(deps(), {
    incidentId: INCIDENT_ID,
    alertId: ALERT_ID,
    assessment: assess(...RECOMMENDED),
  });
  await store.records.putFacts(INCIDENT_ID, ALERT_ID, factsWith(factsAbout('ip-1')));
  const [alert, stored, actions] = await Promise.all([
    store.records.alert(INCIDENT_ID, ALERT_ID),
    store.records.findAssessment(INCIDENT_ID, ALERT_ID),
    store.records.actions(INCIDENT_ID),
  ]);
  const read = stored?.decidedOn;
  if (!read) throw new Error('nothing was recorded');
  const { at, drills, existingActions, ...rest } = read;
  const circumstances = {
    ...{ ...rest, alert, policy: POLICY, effectsOf },
    now: new Date(at),
    drills: new Map(Object.entries(drills)),
    existingActions: new Map(Object.entries(existingActions)),
  };
  expect(new Set(actions.map(({ disposition }) => disposition)).size).toBeGreaterThanOrEqual(3);
  for (const action of actions) {
    const again = decide(action.recommendation, circumstances);
    expect(action.considered).toEqual(again.considered);
    expect(action.reasons).toEqual(expect.arrayContaining(again.reasons));
    expect(action.inputs).toBe(digestOf(read));
  }
});

test('proves what a decision depended on with its ruling', async () => {
  await gate(deps(), {
    incidentId: INCIDENT_ID,
    alertId: ALERT_ID,
    assessment: assess(...RECOMMENDED),
  });
  const all = await store.records.actions(INCIDENT_ID);
  const action = all.find(({ disposition }) => disposition === 'approve');
  if (!action) throw new Error('nothing needs approval');
  expect(await readRuling(KEYS.rulings, action)).toMatchObject({ inputs: action.inputs });
  const other = { ...action, inputs: 'a'.repeat(64) };
  expect(await readRuling(KEYS.rulings, other)).toBeNull();
});

const withAttempts = (attempts: Attempt[]): Assessment => ({
  ...assess(recommend()),
  record: {
    dossier: 'ALERT',
    dossierTokens: 1,
    tokenizer: 'countermand-estimate-1',
    promptVersion: 'a'.repeat(12),
    answeredBy: 'claude-sonnet-5-5',
    requestId: 'req_1',
    stopReason: 'end_turn',
    tokens: null,
    attempts,
    latencyMs: 1,
    costUsd: null,
  },
});

test('records the cost of every answered attempt by the prices in policy, and the opinion of the playbook', async () => {
  const none = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 };
  const attempt = {
    ...{ provider: 'bedrock' as const, status: 200, error: null },
    model: 'eu.anthropic.claude-sonnet-5-5',
  };
  const sent = withAttempts([
    { ...attempt, status: 529, tokens: null },
    { ...attempt, tokens: { ...none, output: 100_000 } },
    { ...attempt, tokens: { ...none, input: 1_000_000, cacheRead: 1_000_000 } },
  ]);
  await gate(deps(), { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment: sent });
  const stored = await store.records.findAssessment(INCIDENT_ID, ALERT_ID);
  expect(stored?.record).toEqual({ ...sent.record, costUsd: 4.8 });
  expect(stored?.playbook?.recommended).toContain('create_alert_ticket alert-1');
});

test('records no cost if the model of an attempt has no price', async () => {
  const tokens = { input: 1, cacheWrite: 0, cacheRead: 0, output: 1 };
  const attempts = [
    { ...{ provider: 'anthropic' as const, status: 200, error: null }, model: 'other', tokens },
  ];
  expect(priced(withAttempts(attempts), POLICY.analysis).record?.costUsd).toBeNull();
});
