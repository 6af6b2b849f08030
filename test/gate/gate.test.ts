// Recording a ruling as actions, and checking an approved action again.

import { beforeEach, describe, expect, test } from 'vitest';
import { withAlertProof } from '../../functions/authority/alerts.ts';
import type { Parameters } from '../../functions/domain/action.ts';
import { informs } from '../../functions/domain/action-catalog.ts';
import { failed, notAsked, type Recommendation } from '../../functions/domain/assessment.ts';
import { known, unknown } from '../../functions/domain/facts.ts';
import type { GateDeps } from '../../functions/gate/deps.ts';
import { gate } from '../../functions/gate/gate.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import type { ActionPolicy } from '../../functions/policy/schemas/actions.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import {
  ALERT_ID,
  alertWith,
  assess,
  attacker,
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
import { readyForGate, UNKNOWN_TYPE } from './ready.ts';

const database = startStores();
let store: Store;
beforeEach(async () => {
  store = await database.fresh();
  await readyForGate(store);
});

const twoEffects: readonly Parameters[] = [{ place: 'a' }, { place: 'b' }];
const deps = (places = twoEffects): GateDeps => ({
  store,
  policy: POLICY,
  here: HERE,
  keys: KEYS,
  effectsOf: (name, ...rest) =>
    informs(name)
      ? effectsOf(name, ...rest)
      : places.map((parameters) => ({ mechanism: blockAddress, parameters })),
  now: () => NOW,
  log: () => {},
});
const proposal = (...recommended: Recommendation[]) => ({
  incidentId: INCIDENT_ID,
  alertId: ALERT_ID,
  assessment: assess(...recommended),
});
/** The recorded actions without the ticket, which every alert gets. */
const changes = async () =>
  (await store.records.actions(INCIDENT_ID)).filter(({ name }) => !informs(name));
const decideOn = (places?: readonly Parameters[]) => gate(deps(places), proposal(recommend()));
const approved = async () => {
  await decideOn();
  const [action] = await store.records.actions(INCIDENT_ID);
  return store.records.changeAction(INCIDENT_ID, action!.actionId, (current) =>
    transition(
      current,
      'approved',
      { at: NOW, by: 'person:ana.silva', text: 'approved' },
      {
        approval: {
          ...current.approval!,
          decision: { verdict: 'approved', by: 'ana.silva', at: NOW.toISOString(), reason: '' },
        },
      },
    ),
  );
};

test('P9, P12: an alert whose decision is too large to record still gets its ticket, and nothing else is automatic', async () => {
  const many = Array.from({ length: 95 }, (_, i) => ({
    ...attacker,
    ref: `ip-${i + 2}`,
    attributes: { a: 'x'.repeat(1000), b: 'x'.repeat(1000) },
  }));
  const alert = alertWith({
    severity: { score: 9, label: 'critical' },
    entities: [...alertWith().entities, ...many],
  });
  await store.records.putAlert(
    INCIDENT_ID,
    await withAlertProof(KEYS.alerts, INCIDENT_ID, alert),
    {},
  );
  const history = {
    earlierIncidents: known(Array.from({ length: 20 }, () => `inc-${'1'.repeat(96)}`)),
    inForce: known([]),
    reversedByPeople: known(0),
    declined: known(0),
  };
  const known95 = many.map(({ ref }) => ({ ...factsAbout(ref), history }));
  const facts = factsWith();
  await store.records.putFacts(INCIDENT_ID, ALERT_ID, {
    ...facts,
    entities: [...facts.entities, ...known95],
  });
  const watch = recommend({ action: 'add_ip_to_watchlist', confidence: 99 });
  await gate(deps([{ place: 'a' }]), proposal(watch));
  const actions = await store.records.actions(INCIDENT_ID);
  const of = (name: string) => actions.find((one) => one.name === name);
  expect(of('create_alert_ticket')).toMatchObject({ disposition: 'auto' });
  expect(of('add_ip_to_watchlist')).toMatchObject({
    disposition: 'approve',
    reasons: expect.arrayContaining([expect.objectContaining({ code: 'not-recorded' })]),
  });
  expect(of('add_ip_to_watchlist')).not.toHaveProperty('inputs');
});

test('records an action with its own digest for each of two effects', async () => {
  await decideOn();
  const actions = await changes();
  expect(actions.map(({ actionId }) => actionId)).toEqual([
    'act-0123456789abcdef-1',
    'act-0123456789abcdef-1b',
  ]);
  expect(actions.map(({ parameters }) => parameters)).toEqual(twoEffects);
  expect(new Set(actions.map(({ digest }) => digest)).size).toBe(2);
});

test.each([
  [{ undo: 'reverses-when-due', maxDurationMinutes: 60 }, 'after 1 h, unless someone keeps it'],
  [
    { undo: 'by-a-person', reviewAfterDays: 30 },
    ', only when a person asks for it. The approver is asked after 30 days whether to keep it',
  ],
  [
    { undo: 'kept', withdrawal: 'An operator removes the entry' },
    ', only when a person asks for it',
  ],
] as const)('describes the undo by the lifetime in policy: %j', async (lifetime, undo) => {
  const block = { ...POLICY.actions.block_ip_at_firewall, lifetime } as ActionPolicy;
  const policy = { ...POLICY, actions: { ...POLICY.actions, block_ip_at_firewall: block } };
  await gate({ ...deps(), policy }, proposal(recommend()));
  const [action] = await store.records.actions(INCIDENT_ID);
  expect(action?.description?.undo).toMatch(
    new RegExp(`^Removes exactly the added entry ?${undo}$`),
  );
});

test('adds nothing when it runs again after a crash', async () => {
  const first = await decideOn();
  expect(await decideOn()).toEqual(first);
  expect(await changes()).toHaveLength(2);
});

test('hands off a recommendation with too many effects', async () => {
  await decideOn(Array.from({ length: 6 }, (_, i) => ({ place: `${i}` })));
  const actions = await changes();
  expect(actions.map(({ status }) => status)).toEqual(['handed-off']);
  expect(actions[0]?.reasons.map(({ code }) => code)).toContain('too-many-effects');
});

test('continues with an approved action whose effect has not changed', async () => {
  const { actionId } = await approved();
  const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
  expect(await gate(deps(), again)).toMatchObject({ disposition: 'approve' });
});

test('stops an approved action whose effect has changed', async () => {
  const { actionId } = await approved();
  const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
  expect(await gate(deps([{ place: 'c' }]), again)).toMatchObject({ disposition: 'stopped' });
  expect(await store.records.action(INCIDENT_ID, actionId)).toMatchObject({
    status: 'failed',
    failure: expect.stringContaining('would differ from the one that was approved'),
  });
});

describe('an approved action that is checked again', () => {
  const runAgain = async (change: Partial<GateDeps> = {}) => {
    const { actionId } = await approved();
    const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
    expect(await gate({ ...deps(), ...change }, again)).toMatchObject({ disposition: 'stopped' });
    return store.records.action(INCIDENT_ID, actionId);
  };
  const block = POLICY.actions.block_ip_at_firewall;

  test('P10: stops an approved action when policy has shortened its duration', async () => {
    const shorter = { undo: 'reverses-when-due' as const, maxDurationMinutes: 2 };
    const actions = {
      ...POLICY.actions,
      block_ip_at_firewall: { ...block, lifetime: shorter } as typeof block,
    };
    const action = await runAgain({ policy: { ...POLICY, actions } });
    expect(action).toMatchObject({ status: 'failed', before: null });
    expect(action.failure).toContain('at most 2 minutes');
  });

  test('P10: stops an approved action when it now counts as another action', async () => {
    const { actionId } = await approved();
    // Of the same tier, so that nothing else about the decision became stricter.
    const actions = { ...POLICY.actions, block_cidr_range: block } as typeof POLICY.actions;
    const wide = factsAbout('ip-1', {
      address: { ...factsAbout('ip-1').address!, singleHost: known(false) },
    });
    await store.records.putFacts(INCIDENT_ID, ALERT_ID, factsWith(wide));
    const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
    const policy = { ...POLICY, actions };
    expect(await gate({ ...deps(), policy }, again)).toMatchObject({ disposition: 'stopped' });
    const { failure } = await store.records.action(INCIDENT_ID, actionId);
    expect(failure).toContain('the action would now be block_cidr_range');
  });

  test('P10: stops an approved action when its facts are older than the decision', async () => {
    const readAt = new Date(NOW.getTime() - 1).toISOString();
    await store.records.putFacts(INCIDENT_ID, ALERT_ID, { ...factsWith(), readAt });
    expect((await runAgain()).failure).toContain('could not be read again');
  });

  test('P9: hands off an approved action for many long reasons, and schedules it for the sweeper', async () => {
    const why = 'x'.repeat(300);
    const facts = factsAbout('ip-1', {
      protectedBy: unknown(why),
      address: { ...factsAbout('ip-1').address!, awsServices: unknown(why) },
      history: {
        ...factsAbout('ip-1').history,
        inForce: unknown(why),
        reversedByPeople: unknown(why),
      },
    });
    const { actionId } = await approved();
    await store.records.putFacts(INCIDENT_ID, ALERT_ID, factsWith(facts));
    await gate(deps(), { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId });
    const action = await store.records.action(INCIDENT_ID, actionId);
    expect(action.status).toBe('handed-off');
    expect(action.attentionAt).not.toBeNull();
  });
});

test('requests approval when drill results cannot be read', async () => {
  await readyForGate(store, UNKNOWN_TYPE);
  const assessment = assess(recommend({ action: 'add_ip_to_watchlist' }));
  const input = { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment };
  const blind = { ...store.drills, all: () => Promise.reject(new Error('no answer')) };
  expect(await gate({ ...deps(), store: { ...store, drills: blind } }, input)).toMatchObject({
    actions: [{ disposition: 'approve' }, { disposition: 'approve' }, {}],
  });
});

test('drops the second of two identical recommendations, with the reason', async () => {
  const assessment = assess(recommend(), recommend({ reasoning: 'Once more.' }));
  await gate(deps([{ place: 'a' }]), { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment });
  const actions = await changes();
  expect(actions.map(({ status }) => status)).toEqual(['awaiting-approval', 'dropped']);
  expect(actions[1]?.reasons.map(({ code }) => code)).toContain('recommended-twice');
});

test('records one action on two targets, and two actions on one target, as separate actions', async () => {
  const other = { ...attacker, ref: 'ip-2', value: '203.0.113.8' };
  const { entities } = alertWith();
  const changed = alertWith({ entities: [...entities, other] });
  await store.records.putAlert(
    INCIDENT_ID,
    await withAlertProof(KEYS.alerts, INCIDENT_ID, changed),
    {},
  );
  const facts = factsWith(factsAbout('ip-1'), factsAbout('ip-2'));
  await store.records.putFacts(INCIDENT_ID, ALERT_ID, facts);
  const assessment = assess(
    recommend(),
    recommend({ target: 'ip-2' }),
    recommend({ action: 'add_ip_to_watchlist' }),
  );
  await gate(deps([{ place: 'a' }]), { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment });
  const actions = await changes();
  expect(actions.map(({ disposition }) => disposition)).toEqual(['approve', 'approve', 'auto']);
});

test('P12: uses the playbook when an analysis has more recommendations than an assessment holds', async () => {
  const many = Array.from({ length: 50 }, (_, n) => recommend({ target: `ip-${n + 1}` }));
  const assessment = { ...assess(), recommendations: many };
  await gate({ ...deps(), effectsOf }, { ...proposal(), assessment });
  const block = (await changes()).find(({ name }) => name === 'block_ip_at_firewall');
  expect(block?.reasons.map(({ code }) => code)).toContain('analysis-failed');
});

describe('an analysis without a usable recommendation', () => {
  test.each([
    ['a target that is not in the alert', [recommend({ target: 'ip-9' })]],
    ['an action with low confidence', [recommend({ confidence: 1 })]],
    ['nothing', []],
  ])('P9: opens a ticket when a model recommends %s', async (_, recommendations) => {
    const assessment = assess(...recommendations);
    const { actions } = (await gate(
      { ...deps(), effectsOf },
      { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment },
    )) as { actions: { disposition: string; actionId: string }[] };
    const ticket = await store.records.action(INCIDENT_ID, actions.at(-1)?.actionId ?? '');
    expect(ticket).toMatchObject({ name: 'create_alert_ticket', disposition: 'auto' });
  });

  test('P12: opens one ticket for every alert and pages about a severe one, even without a valid analysis', async () => {
    const severe = alertWith({ severity: { score: 9, label: 'critical' } });
    const alert = await withAlertProof(KEYS.alerts, INCIDENT_ID, severe);
    await store.records.putAlert(INCIDENT_ID, alert, {});
    await gate({ ...deps(), effectsOf }, { ...proposal(), assessment: { hello: 'world' } });
    const actions = await store.records.actions(INCIDENT_ID);
    const told = actions.filter(({ name }) => informs(name));
    expect(told.map(({ name }) => name).sort()).toEqual([
      'create_alert_ticket',
      'send_analyst_notification',
    ]);
    expect(actions.find(({ name }) => name === 'block_ip_at_firewall')?.reasons).toContainEqual({
      code: 'analysis-failed',
      text: 'The model gave no usable answer. The playbook decides',
    });
  });
});

const reserveCall = () =>
  store.modelCalls.reserve(
    { incidentId: INCIDENT_ID, severity: 'low', worst: 'low' },
    POLICY.analysis.budget,
    NOW,
  );

test('P12: pauses the model after repeated failures, and does not count an alert about which it was not asked', async () => {
  const failure = { ...proposal(), isModelAsked: true, assessment: failed('529') };
  for (let n = 0; n < POLICY.analysis.pause.afterFailures; n++)
    await gate({ ...deps(), effectsOf }, failure);
  const why = await reserveCall();
  expect(why).toContain('failed 3 times in a row');
  const again = { ...failure, isModelAsked: false, assessment: notAsked(why ?? '') };
  await gate({ ...deps(), effectsOf }, again);
  expect(await reserveCall()).toBe(why);
});

test('P12: refusals, which an attacker can cause, do not pause the model for other alerts', async () => {
  const attempt = { provider: 'anthropic' as const, model: 'm', status: 200, error: 'refusal' };
  const tokens = { input: 900, cacheWrite: 0, cacheRead: 0, output: 3 };
  const record = {
    ...{ dossier: '', dossierTokens: 0, tokenizer: 't', promptVersion: null, answeredBy: null },
    ...{ requestId: null, stopReason: 'refusal', tokens, latencyMs: 1, costUsd: null },
    attempts: [{ ...attempt, tokens }],
  };
  const assessment = { ...failed('the model stopped with refusal'), record };
  for (let n = 0; n <= POLICY.analysis.pause.afterFailures; n++)
    await gate({ ...deps(), effectsOf }, { ...proposal(), isModelAsked: true, assessment });
  expect(await reserveCall()).toBeNull();
});

test('P6: reserves the slots of automatic actions without reading the alert and the incident again', async () => {
  const block = { ...POLICY.actions.block_ip_at_firewall, tier: 1 } as ActionPolicy;
  const policy = { ...POLICY, actions: { ...POLICY.actions, block_ip_at_firewall: block } };
  const readAgain = () => expect.fail('read again');
  const records = { ...store.records, readableAlert: readAgain, readableIncident: readAgain };
  await gate({ ...deps(), policy, store: { ...store, records } }, proposal(recommend()));
  expect((await changes()).map(({ disposition }) => disposition)).toEqual(['auto', 'auto']);
});
